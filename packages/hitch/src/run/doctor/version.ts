/** Asks an agent for its version: in a run of its own, so that nothing of it stays, whatever it does. */
import { newRunId, openRun, StartError } from "../../effects/process/index.ts";
import { buildEnvironment } from "../../policy/environment.ts";
import { createRedactor } from "../../policy/redaction.ts";
import { compareVersions, readVersion } from "../../policy/version.ts";
import type { Agent } from "../../provider.ts";
import { HarnessError } from "../../vocabulary/error.ts";
import { withoutColours } from "../../vocabulary/terminal.ts";
import { toLaunch } from "../launch.ts";
import type { Program } from "../locate.ts";
import { runBeside } from "../side-command.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";
import { formatSeconds } from "./format.ts";

export interface VersionQuestion {
  readonly agent: Agent;
  readonly program: Program;
  readonly activeDirectory: string;
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly added: Readonly<Record<string, string | undefined>>;
  /** An agent that has not answered by then is ended. */
  readonly limitMs: number;
  readonly cancelled: AbortSignal;
}

const keeping = { maxStdoutBytes: 4096, leftovers: "end" } as const;

/** Rejects only if the process layer itself fails. */
export async function examineVersion(
  question: VersionQuestion,
): Promise<{ readonly version?: string; readonly finding: Finding }> {
  const { agent, program, activeDirectory, inherited, added, limitMs, cancelled } = question;
  const processes = await openRun({ runId: newRunId(), activeDirectory, cwd: activeDirectory });
  try {
    const { scratchDirectory: scratch } = processes;
    // Agents unpack libraries and keep caches in the temp directory.
    const env = buildEnvironment({ inherited, cwd: scratch, added: { ...added, TMPDIR: scratch } });
    const limit = AbortSignal.timeout(limitMs);
    const launch = toLaunch(program, { cwd: scratch, env }, { args: agent.version.args, stdin: "" });
    const stop = AbortSignal.any([cancelled, limit]);
    const { exit, stdout, stderr } = await runBeside(launch, {
      ...keeping,
      processes,
      redact: createRedactor(env),
      stop,
    });
    if (limit.aborted) return { finding: noVersion(agent, `did not end within ${formatSeconds(limitMs)}`) };
    if (exit.code === 0) return judgeVersion(agent, stdout.length > 0 ? stdout.toString() : stderr);
    const how = `ended with ${exit.signal ?? `exit code ${exit.code}`}`;
    return { finding: noVersion(agent, stderr === "" ? how : `${how}: ${stderr}`) };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { finding: problem("version", new HarnessError({ code: "executable-not-found", message: error.message })) };
  } finally {
    await processes.close();
  }
}

/** What the printed version says beside the one that the provider was tested with. */
export function judgeVersion(agent: Agent, printed: string): { readonly version?: string; readonly finding: Finding } {
  const { tested } = agent.version;
  const said = withoutColours(printed).trim();
  const version = readVersion(said);
  if (version === undefined) {
    return {
      finding: noVersion(agent, said === "" ? "printed nothing" : `printed ${JSON.stringify(said.slice(0, 60))}`),
    };
  }
  const order = compareVersions(version, tested);
  if (order === "same") return { version, finding: ok("version", `${version}, as tested`) };
  const message = `${version}, ${order} than the tested ${tested}`;
  if (order === "newer") return { version, finding: ok("version", message) };
  return { version, finding: warning("version", message, `Update it: ${agent.install}`) };
}

function noVersion({ version, install }: Agent, how: string): Finding {
  const hint = `Run it by hand; if it is broken, install it again: ${install}`;
  return warning("version", `unknown: ${version.args.join(" ")} ${how}`, hint);
}
