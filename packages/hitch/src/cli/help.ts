/** What the help says besides the list of options. */
import { providers } from "../providers/index.ts";
import { variables } from "./defaults.ts";

const ids = providers.map(({ id }) => id);
const [first = ""] = ids;

/** After the help of `hitch`. */
export const generalHelp = `
Examples:
  hitch run "Why do the tests fail?"
  hitch run --help

HITCH_DEBUG=1 logs to stderr, redacted. HITCH_STATE_DIR is where runs are kept.
`;

/** After the help of `hitch run`. */
export const runHelp = `
Providers: ${ids.join(", ")}. Without one, the only one installed is taken.
Defaults:  ${Object.keys(variables).join(", ")},
           then ~/.config/hitch/config.json, with the names of the library's options.
Exit:      0 done, 1 the agent failed, 2 wrong call, 3 wrong set-up, 4 try later, 5 no output, 6 a limit,
           70 a bug, 124 too slow, 130 Ctrl-C, 129, 143 other signals, 141 nobody reads stdout

Examples:
  hitch run -p ${first} "Why do the tests fail?"
  git diff | hitch run -p ${first} --permissions read-only --append-system-prompt "Review this diff."
  hitch run -p ${first} --json --file task.md | jq -r 'select(.type == "text").text'
  hitch run -p ${first} -- "--verbose does nothing. Fix it."
`;

/** After the help of `hitch doctor`. */
export const doctorHelp = `
Exit: 0 each provider that was named can be used, or at least one if none was named; else the problem's code,
      3 where something has to be installed or set up

Examples:
  hitch doctor
  hitch doctor -p ${first} -m anthropic/claude-sonnet-4-5 --probe
`;

/** After the help of `hitch show`. */
export const showHelp = `
Exit: 0 however the run ended; with --patch 1 if what it changed is not known

Examples:
  hitch show
  hitch show 3f2 --patch | git apply
  hitch show last --events --json | jq -r 'select(.type == "tool-call").toolName'
`;

/** After the help of `hitch tail`. */
export const tailHelp = `
Exit: that of the run; 4 if its host died, 130 after Ctrl-C
`;
