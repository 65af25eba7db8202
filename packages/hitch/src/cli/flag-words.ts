/** The library's names of options as the flags that somebody at a shell knows. */
import { longNameOf, runFlags } from "./run-flags.ts";

/** The flag of each option that can be given by one flag; prompts can be given in several ways. */
const flagOf: ReadonlyMap<string, string> = new Map(
  Object.values(runFlags)
    .flat()
    .filter(({ option }) => option !== "prompt")
    .map((flag) => [flag.option, longNameOf(flag)] as const)
    .filter(([option], _, all) => all.filter(([other]) => other === option).length === 1),
);

/** A hint of ours in the words of the shell: `` `timeouts.total` `` → `` `--timeout` ``, `permissions: "x"` → `--permissions x`. */
export function hintInFlags(text: string): string {
  return text
    .replace(/`([\w.]+)`/g, (whole, option: string) => (flagOf.has(option) ? `\`${flagOf.get(option)}\`` : whole))
    .replace(/(?<![\w"'.-])([\w.]+): "([\w-]+)"/g, (whole, option: string, value: string) =>
      flagOf.has(option) ? `${flagOf.get(option)} ${value}` : whole,
    );
}

/** The same for a message about an option, which may begin with its name; several messages are joined by `; `. */
export function messageInFlags(text: string): string {
  const named = text.replace(/(^|; )([\w.]+)(?=: | is | has | holds )/g, (whole, before: string, option: string) =>
    flagOf.has(option) ? `${before}${flagOf.get(option)}` : whole,
  );
  return hintInFlags(named);
}
