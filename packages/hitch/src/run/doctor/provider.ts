/** Examines one provider: whether its agent is there, which version, logged in, and with `probe` whether it answers. */
import { buildEnvironment } from "../../policy/environment.ts";
import type { Agent, Provider } from "../../provider.ts";
import { StartError } from "../../effects/process/index.ts";
import type { State } from "../../effects/state.ts";
import { toHarnessError } from "../../vocabulary/error.ts";
import { locateAgent, type Program } from "../locate.ts";
import type { HarnessOptions } from "../options.ts";
import { resolveOptions, type Surroundings } from "../resolve.ts";
import { problem, problemsIn, type Finding } from "./finding.ts";
import { examineLogin, type Login } from "./login.ts";
import { probe, type Probe } from "./probe.ts";
import { examineVersion } from "./version.ts";

export interface ProviderReport {
  readonly provider: string;
  /** No problem was found with it. */
  readonly usable: boolean;
  /** Absolute path of the agent's program, if it is there. */
  readonly executable?: string;
  /** What it says itself, if that is a version. */
  readonly version?: string;
  readonly testedVersion: string;
  readonly login: Login;
  readonly probe?: Probe;
  readonly findings: readonly Finding[];
}

export interface ProviderQuestion {
  readonly provider: Provider;
  /** What a run would be given besides the provider. `signal` cancels the examination. */
  readonly options: HarnessOptions;
  /** Where live runs are recorded; without it nothing is started. */
  readonly state: State | undefined;
  /** Call the model too. */
  readonly probe: boolean;
  /** Longest time for the answer to the question for the version. Default 20 000 ms. */
  readonly versionLimitMs?: number;
}

const defaultVersionLimitMs = 20_000;

/** Never rejects because of the agent. */
export async function examineProvider(question: ProviderQuestion, surroundings: Surroundings): Promise<ProviderReport> {
  const { provider, state, versionLimitMs: limitMs = defaultVersionLimitMs } = question;
  const { agent } = provider;
  // The directory is the machine's matter.
  const { cwd: _cwd, ...rest } = question.options;
  const lookup = { find: () => provider, ids: [provider.id] };
  const { resolved, refusals } = resolveOptions("Hello", { ...rest, provider }, lookup, surroundings);
  const added = resolved?.env ?? {};
  const env = buildEnvironment({ inherited: surroundings.env, cwd: surroundings.cwd, added });

  const { login, finding: loginFinding } = examineLogin(agent, env);
  const about = { provider: provider.id, testedVersion: agent.version.tested, login };
  const findings: Finding[] = refusals.map((refusal) => problem("options", refusal));
  let program: Program;
  try {
    program = locateAgent(provider, resolved?.executable, surroundings.cwd, env);
  } catch (error) {
    return { ...about, usable: false, findings: [missingProgram(agent, error), ...findings] };
  }
  findings.unshift({ check: "program", status: "ok", message: program.path });

  let version: string | undefined;
  const cancelled = question.options.signal ?? new AbortController().signal;
  if (state !== undefined) {
    const { active: activeDirectory } = state;
    const inherited = surroundings.env;
    const asked = await examineVersion({ agent, program, activeDirectory, inherited, added, limitMs, cancelled });
    ({ version } = asked);
    findings.push(asked.finding);
  }
  findings.push(loginFinding);

  const canProbe = question.probe && problemsIn(findings).length === 0 && !cancelled.aborted;
  const probed = canProbe ? await probe(provider, { ...question.options, provider }, surroundings) : undefined;
  if (probed) findings.push(probed.finding);
  return {
    ...about,
    usable: state !== undefined && problemsIn(findings).length === 0,
    executable: program.path,
    ...(version !== undefined && { version }),
    ...(probed && { probe: probed.probe }),
    findings,
  };
}

/** A whole PATH would tell nobody anything. */
function missingProgram({ launch, install }: Agent, error: unknown): Finding {
  const { code, message, hint, option, cause } = toHarnessError(error);
  const isAbsent = cause instanceof StartError && cause.reason === "executable-not-found" && option === undefined;
  if (!isAbsent) return problem("program", { code, message, hint });
  const names = [...new Set(launch.map(({ name }) => name))].join(" or ");
  return problem("program", {
    code,
    message: `not installed: no ${names} on the PATH`,
    hint: `Install it: ${install}`,
  });
}
