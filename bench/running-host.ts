/** A host that goes on running, as a server does: what one more run costs it, without the start of Node and of Hitch. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { environmentOf, type Command, type Measured } from "./measure.ts";

export interface RunningHost extends AsyncDisposable {
  /** One run; the processor time is that of the host alone. */
  readonly run: () => Promise<Measured>;
}

/** Starts it, with a first run that is not measured. */
export async function startRunningHost({ args: [program = "", ...args], cwd, env }: Command): Promise<RunningHost> {
  const child = spawn(program, args, { cwd, env: environmentOf(env), stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const run = async (): Promise<Measured> => {
    child.stdin.write("go\n");
    const line = await lines.next();
    if (line.done === true) throw new Error("The host has ended.");
    return { ...(JSON.parse(line.value) as Omit<Measured, "stdout">), stdout: "" };
  };
  await run();
  return {
    run,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
