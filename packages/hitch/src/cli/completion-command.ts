/** `hitch completion`: a script for a shell, made from the commands and options that there are. */
import type { Command } from "commander";
import { providerIds } from "../providers/index.ts";
import { writeBash } from "./completion/bash.ts";
import { writeFish } from "./completion/fish.ts";
import type { Shell } from "./completion/shells.ts";
import { readWords, type ProgramWords } from "./completion/words.ts";
import { writeZsh } from "./completion/zsh.ts";
import type { Console } from "./console.ts";

const writers: Readonly<Record<Shell, (words: ProgramWords) => string>> = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
};

/** Resolves with 0. */
export async function completionCommand(console: Console, program: Command, shell: Shell): Promise<number> {
  const script = writers[shell](readWords(program, knownWords));
  await console.stdout.write(console.json ? `${JSON.stringify({ shell, script })}\n` : script);
  return 0;
}

const knownWords = {
  "--provider": providerIds,
  "--permissions": ["read-only", "workspace", "unrestricted"],
  "--isolation": ["inherit", "clean"],
} as const;
