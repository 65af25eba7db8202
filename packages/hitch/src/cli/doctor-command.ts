/** `hitch doctor`: what keeps agents from running here, and what to do about it. */
import { redactValue } from "../policy/redaction.ts";
import type { Provider } from "../provider.ts";
import { findProvider, providerIds, providers } from "../providers/index.ts";
import { currentDirectory } from "../run/current-directory.ts";
import type { HarnessOptions } from "../run/options.ts";
import { exitCodeOfProblems, problemsIn, type Finding } from "../run/doctor/finding.ts";
import { examineMachine } from "../run/doctor/machine.ts";
import { examineProvider, type ProviderReport } from "../run/doctor/provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { readDefaults } from "./defaults.ts";
import { buildOptions } from "./run-options.ts";
import type { Paper } from "./text/paper.ts";
import { formatRows } from "./text/rows.ts";
import { wrap } from "./text/wrap.ts";

export interface DoctorFlags {
  readonly provider?: readonly string[];
  readonly cwd?: string;
  readonly model?: string;
  readonly probe?: boolean;
}

/**
 * Resolves with 0 if what was asked for can be used: each provider that was named, else at least one. Else with the exit
 * code of the problem. Rejects with a HarnessError if the call is wrong or was cancelled.
 */
export async function doctorCommand(console: Console, flags: DoctorFlags): Promise<number> {
  const asked = flags.provider ? [...new Set(flags.provider)].map(requireProvider) : providers.filter(hasAgent);
  const defaults = readDefaults(process.env);
  const { signal } = console.interruption;
  const optionsFor = ({ id }: Provider): HarnessOptions => ({
    ...buildOptions({ ...flags, provider: [id] }, defaults),
    signal,
  });
  console.addSecrets(defaults.env ?? {});
  const surroundings = { env: process.env, cwd: currentDirectory() };
  const { paper } = console.stdout;

  const machine = await examineMachine(flags.cwd, surroundings);
  const general = problemsIn(machine.findings);
  const probe = flags.probe === true && general.length === 0;
  if (!console.json) {
    await console.stdout.write(describeSection("This machine", redactValue(machine.findings, console.redact), paper));
    if (probe) await console.stderr.write("hitch: asking for one word each; this may take a minute\n");
  }

  const examinations = asked.map((provider) =>
    examineProvider({ provider, options: optionsFor(provider), state: machine.state, probe }, surroundings),
  );
  // All of them are heard, also when the first one fails.
  const settled = Promise.allSettled(examinations);
  const reports: ProviderReport[] = [];
  for (const examination of examinations) {
    const report = redactValue(await examination, console.redact);
    if (signal.aborted) break;
    reports.push(report);
    if (!console.json) await console.stdout.write(`\n${describeReport(report, paper)}`);
  }
  await settled;
  if (signal.aborted) throw cancelled(signal);

  const usable = general.length > 0 ? [] : reports.filter((report) => report.usable).map((report) => report.provider);
  const isWell = general.length === 0 && (flags.provider ? usable.length === reports.length : usable.length > 0);
  if (console.json) {
    const all = { usable, machine: redactValue(machine.findings, console.redact), providers: reports };
    await console.stdout.write(`${JSON.stringify(all)}\n`);
  } else {
    await console.stdout.write(`\n${wrap(summarize(usable, reports.length), paper.columns).join("\n")}\n`);
  }
  return isWell ? 0 : exitCodeOfProblems([...general, ...reports.flatMap(({ findings }) => problemsIn(findings))]);
}

/** Where the agent is for the caller to choose, there is nothing to examine. */
function hasAgent({ agent }: Provider): boolean {
  return agent.launch.length > 0;
}

function requireProvider(id: string): Provider {
  const found = findProvider(id);
  if (found) return found;
  const known = providerIds.join(", ");
  throw new HarnessError({
    code: "invalid-options",
    option: "provider",
    reason: "unknown-value",
    message: `provider: ${JSON.stringify(id)} is not known; known: ${known}`,
  });
}

function describeReport(report: ProviderReport, paper: Paper): string {
  return describeSection(`${report.provider}: ${report.usable ? "usable" : "not usable"}`, report.findings, paper);
}

/** One column for all sections. */
const labelWidth = "environment".length;

function describeSection(title: string, findings: readonly Finding[], paper: Paper): string {
  const rows = findings.map((finding) => ({
    status: finding.status,
    label: finding.check,
    text: finding.message,
    ...("hint" in finding && { hint: finding.hint }),
  }));
  return `${paper.style("bold", title)}\n${formatRows(rows, labelWidth, paper)}`;
}

function summarize(usable: readonly string[], count: number): string {
  if (usable.length === 0) return count === 1 ? "It cannot be used." : `None of the ${count} can be used.`;
  if (count === 1) return "It can be used.";
  return `${usable.length} of ${count} can be used: ${usable.join(", ")}.`;
}

function cancelled({ reason: cause }: AbortSignal): HarnessError {
  return new HarnessError({ code: "cancelled", message: "The examination was cancelled.", cause });
}
