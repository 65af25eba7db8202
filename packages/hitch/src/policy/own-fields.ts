/**
 * The fields whose values are words of Hitch's own: whoever reads a journal goes by them. A variable such as
 * `SORT_KEY=completed`, or a dummy key that is an agent's name, does not hide them. Nothing is here that an agent
 * said, was given or made.
 */
import type { OwnFields } from "./redaction.ts";

const error = { code: true } as const;
const permissions = { level: true, enforcedBy: true } as const;
const containment = { tier: true } as const;
const cost = { source: true } as const;
const usage = {} as const;
const session = { provider: true, totals: { usage } } as const;
const workspace = { type: true } as const;

/** Of a `RunResult`. */
const resultFields: OwnFields = {
  runId: true,
  provider: true,
  isolation: true,
  session,
  permissions,
  usage,
  cost,
  changes: { source: true, files: { change: true } },
  workspace,
  containment,
  attempts: {
    provider: true,
    task: true,
    verdict: error,
    exit: { signal: true },
    stderr: {},
    usage,
    cost,
    output: { via: true },
  },
};

/** Of a `HitchEvent` of any type. */
export const eventFields: OwnFields = {
  type: true,
  runId: true,
  time: true,
  provider: true,
  status: true,
  kind: true,
  change: true,
  via: true,
  from: true,
  to: true,
  session,
  entries: { status: true },
  usage,
  cost,
  permissions,
  containment,
  verdict: error,
  error,
  result: resultFields,
};

/** Of a stored run. */
export const storedRunFields: OwnFields = {
  runId: true,
  status: true,
  code: true,
  provider: true,
  startedAt: true,
  cost,
};

/** Of a stored run with its last event. */
export const storedEndFields: OwnFields = { run: storedRunFields, finish: eventFields };

/** Of a `Plan`, but for its fallbacks, which are plans too. */
export const planFields: OwnFields = {
  provider: true,
  workspace,
  permissions,
  sandbox: {},
  timeouts: {},
  limits: {},
  refusals: error,
};
