/**
 * A run of a real agent: by its bare command, through Hitch, and through Hitch with a schema; and through a host that goes on
 * running. All ask the model equally often, so that their differences are what Hitch and the schema cost, and not a further
 * turn of the agent. The bare command is the very one that Hitch starts. The model answers at once, which none does: what
 * share of a call Hitch takes shows a second measurement, with a model that takes its time.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { harness } from "hitch";
import {
  startMockModel,
  text,
  toolCall,
  type MockModel,
  type RecordedRequest,
  type Subject,
  type Turn,
} from "../packages/hitch/src/testing/index.ts";
import { agentExecutable } from "../packages/hitch/test/support/agents.ts";
import { compare, measure, type Command, type Measured } from "./measure.ts";
import { startRunningHost } from "./running-host.ts";

export interface BenchedRuns {
  /** How often each run asks the model. */
  readonly modelCalls: number;
  readonly all: Readonly<Record<Way, readonly Measured[]>>;
  /** With a model that begins each of its answers after `slowAnswerMs`. */
  readonly slow: Readonly<Record<"bare" | "again", readonly Measured[]>>;
}

/** A short answer of a real model takes one to several seconds. */
export const slowAnswerMs = 1500;

type Way = "bare" | "hitch" | "schema" | "again";

const prompt = "What is the answer?";
const value = { answer: "42" };

export async function benchRuns(subject: Subject, times: number): Promise<BenchedRuns> {
  const directory = mkdtempSync(join(tmpdir(), "hitch-bench-"));
  const place = { cwd: join(directory, "project"), home: join(directory, "home") };
  for (const path of Object.values(place)) mkdirSync(path);
  const notes = join(place.cwd, "notes.txt");
  writeFileSync(notes, "Nothing.\n");
  let usesTool = false;
  const script = (request: RecordedRequest): Turn => {
    if (request.messages.at(-1)?.role === "tool") return text(JSON.stringify(value));
    const submit = request.tools.find((name) => /(submit|structured)_?output$/i.test(name));
    if (submit !== undefined) return toolCall(submit, value);
    return usesTool ? subject.calls.read(notes) : text(JSON.stringify(value));
  };
  let delayMs = 0;
  await using model = await startMockModel({ script: (request) => ({ ...script(request), delayMs }) });
  try {
    const { hitch, bare } = await commandsOf(subject, place, directory, model);
    // The first ones are not measured: they fill caches, and tell how often a value needs the model.
    await measure(hitch({ withSchema: true }));
    const modelCalls = model.requests.length;
    usesTool = modelCalls > 1;
    await using host = await startRunningHost(hitch({ again: true }));
    const before = model.requests.length;
    const all = await compare(
      { bare: () => bare, hitch: () => hitch({}), schema: () => hitch({ withSchema: true }), again: host.run },
      times,
    );
    delayMs = slowAnswerMs;
    const slow = await compare({ bare: () => bare, again: host.run }, times);
    const [calls, expected] = [model.requests.length - before, 6 * times * modelCalls];
    if (calls !== expected) {
      throw new Error(`${subject.provider.id} asked the model ${calls} times instead of ${expected}`);
    }
    return { modelCalls, all, slow };
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Commands {
  readonly bare: Command;
  readonly hitch: (more: { readonly withSchema?: true; readonly again?: true }) => Command;
}

async function commandsOf(
  subject: Subject,
  place: { readonly cwd: string; readonly home: string },
  directory: string,
  model: MockModel,
): Promise<Commands> {
  const { cwd, home } = place;
  const env = {
    ...subject.configure(place, model),
    HOME: home,
    HITCH_STATE_DIR: join(directory, "state"),
    PATH: [dirname(agentExecutable(subject.executable)), process.env.PATH].join(delimiter),
  };
  const provider = subject.provider.id;
  const options = { provider, model: subject.model, cwd };
  const plan = await harness.plan(prompt, { ...options, env });
  if (plan.executable === undefined) throw new Error(plan.refusals.map(({ message }) => message).join("; "));
  const hosts = fileURLToPath(new URL("hosts/", import.meta.url));
  return {
    bare: {
      args: [plan.executable, ...(plan.args ?? [])],
      cwd,
      env: { ...env, ...plan.env },
      ...(plan.stdin !== undefined && { stdin: plan.stdin }),
    },
    hitch: ({ withSchema = false, again = false }) => ({
      args: [process.execPath, join(hosts, again ? "again.ts" : "run.ts"), JSON.stringify({ ...options, withSchema })],
      cwd,
      env,
    }),
  };
}
