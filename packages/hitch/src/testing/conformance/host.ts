/** A program with a run in it, for behaviours that need one that can be killed. */
import { spawn } from "node:child_process";
import type { HarnessOptions } from "../../run/options.ts";
import type { Subject } from "./subject.ts";

export interface Host {
  readonly pid: number;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** Its exit code or signal. */
  readonly exit: Promise<number | string | null>;
  /** What it said, for messages. */
  said(): string;
}

/** Starts it. The environment is all that it gets. */
export function startHost(
  { provider, module = builtIn }: Subject,
  { prompt, options }: { readonly prompt: string; readonly options: HarnessOptions },
  env: NodeJS.ProcessEnv,
): Host {
  const program = `
    import * as exported from ${JSON.stringify(module)};
    import { runAsHost } from ${JSON.stringify(hostProgram)};
    await runAsHost(Object.values(exported).flat(), ${JSON.stringify({ id: provider.id, prompt, options })});`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { env, stdio: "pipe" });
  let said = "";
  child.stdin.end();
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (said += String(bytes)));
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    exit: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve(code ?? signal));
    }),
    said: () => said,
  };
}

/** Beside this file, and in the same language: TypeScript in the sources, JavaScript in the package. */
const language = import.meta.url.slice(import.meta.url.lastIndexOf("."));
const hostProgram = new URL(`host-program${language}`, import.meta.url).href;
const builtIn = new URL(`../../providers/index${language}`, import.meta.url).href;
