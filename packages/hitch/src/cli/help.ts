/** What the help says besides the list of options. Examples stay in one piece, to be copied. */
import { Help } from "commander";
import { providers } from "../providers/index.ts";
import { variables } from "./defaults.ts";
import type { Output } from "./output.ts";
import { wrap } from "./text/wrap.ts";

const ids = providers.map(({ id }) => id);
const [first = ""] = ids;

/** How wide help is: as the terminal, and in a file as people can read it. */
export function helpColumns({ stdout }: { readonly stdout: Output }): number {
  return stdout.isTerminal ? stdout.paper.columns : 120;
}

/** One option or command and what it does. Where there is no room for two columns, the second stands below the first. */
export function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  const { helpWidth = 80, minWidthToWrap } = helper;
  const hasRoom = helpWidth - termWidth - 4 >= minWidthToWrap;
  if (hasRoom || description === "")
    return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
  return [`  ${term}`, ...wrap(description, Math.max(helpWidth - 6, 1)).map((line) => `      ${line}`)].join("\n");
}

/** After the help of `hitch`. */
export function generalHelp(columns: number): string {
  return `
Examples:
  hitch run "Why do the tests fail?"
  hitch run --help

${wrap("HITCH_DEBUG=1 logs to stderr, redacted. HITCH_STATE_DIR is where runs are kept.", columns).join("\n")}
`;
}

/** After the help of `hitch run`. */
export function runHelp(columns: number): string {
  const names = Object.keys(variables).join(", ");
  return `
${paragraph("Providers:", `${ids.join(", ")}. Without one, the only one installed is taken.`, columns)}
${paragraph("Defaults: ", `${names}, then ~/.config/hitch/config.json, with the names of the library's options.`, columns)}
${paragraph("Exit:     ", exits, columns)}

Examples:
  hitch run -p ${first} "Why do the tests fail?"
  git diff | hitch run -p ${first} --permissions read-only --append-system-prompt "Review this diff."
  hitch run -p ${first} --json --file task.md | jq -r 'select(.type == "text").text'
  hitch run -p ${first} -- "--verbose does nothing. Fix it."
`;
}

const exits =
  "0 done, 1 the agent failed, 2 wrong call, 3 wrong set-up, 4 try later, 5 no output, 6 a limit, 70 a bug, " +
  "124 too slow, 130 Ctrl-C, 129, 143 other signals, 141 nobody reads stdout";

/** After the help of `hitch doctor`. */
export function doctorHelp(columns: number): string {
  const exit =
    "0 each provider that was named can be used, or at least one if none was named; else the problem's code, " +
    "3 where something has to be installed or set up";
  return `
${paragraph("Exit:", exit, columns)}

Examples:
  hitch doctor
  hitch doctor -p ${first} -m anthropic/claude-sonnet-4-5 --probe
`;
}

/** After the help of `hitch show`. */
export function showHelp(columns: number): string {
  return `
${paragraph("Exit:", "0 however the run ended; with --patch 1 if what it changed is not known", columns)}

Examples:
  hitch show
  hitch show 3f2 --patch | git apply
  hitch show last --events --json | jq -r 'select(.type == "tool-call").toolName'
`;
}

/** After the help of `hitch tail`. */
export function tailHelp(columns: number): string {
  return `\n${paragraph("Exit:", "that of the run; 4 if its host died, 130 after Ctrl-C", columns)}\n`;
}

/** A label, and a text that continues below its own beginning. */
function paragraph(label: string, text: string, columns: number): string {
  const indent = " ".repeat(label.length + 1);
  return `${label} ${wrap(text, Math.max(columns - indent.length, 1)).join(`\n${indent}`)}`;
}
