/**
 * `npm run demo`: the command line on a scratch repository with a bug. OpenCode, its tools and the repository are real; the
 * model is scripted and answers from this process, so that neither network nor account is needed. With `-- --json` the
 * events come as JSON lines, for machines.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startMockModel } from "../../packages/hitch/src/testing/index.ts";
import { git, makeProject, model, plainEnv, prompt, schema, script } from "./project.ts";

const forMachines = process.argv.includes("--json");
const command = fileURLToPath(new URL("../../packages/hitch/bin/hitch.js", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "hitch-demo-"));
const project = join(scratch, "project");
// A home of its own, so that the demo leaves your OpenCode and your runs as they are.
const env = {
  ...plainEnv,
  HOME: scratch,
  XDG_DATA_HOME: join(scratch, "data"),
  XDG_CONFIG_HOME: join(scratch, "config"),
  HITCH_STATE_DIR: join(scratch, "state"),
};

await using mock = await startMockModel({ script: script(project) });
try {
  makeProject(project, mock.baseUrl);
  writeFileSync(join(scratch, "bug.json"), JSON.stringify(schema));
  say("The model is scripted: it knows this bug, and gives a wrong value first. All else is real.\n");
  say(`$ hitch run -p opencode -m ${model} --schema bug.json "${prompt}"\n`);
  const schemaFile = join(scratch, "bug.json");
  const flags = [
    "-p",
    "opencode",
    "-m",
    model,
    "-C",
    project,
    "--schema",
    schemaFile,
    ...(forMachines ? ["--json"] : []),
  ];
  await hitch(["run", ...flags, prompt], "inherit");

  // On a terminal this stood there already, at the end of the run.
  if (!process.stderr.isTTY && !forMachines) say(`\n$ hitch show\n\n${await hitch(["show"], "pipe")}`);
  say("\n$ hitch show --patch\n");
  const patch = await hitch(["show", "--patch"], "pipe");
  say(patch);
  if (patch !== git(project, "diff")) throw new Error("The patch is not what `git diff` says.");
  const agents = mock.requests.map(({ headers }) => headers["user-agent"] ?? "");
  const ofOpencode = agents.filter((agent) => agent.includes("opencode"));
  if (ofOpencode.length < 2) throw new Error(`The model was asked by ${agents.join(", ") || "nobody"}.`);
  say(`This is what git diff says too. ${ofOpencode.length} requests came from ${ofOpencode[0]?.split(" ")[0]}.\n`);
  say("With a real model: npx hitch run -p opencode -m anthropic/claude-sonnet-4-5 'Fix the bug'");
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}

/** Runs the command as a user does; it writes to this terminal. */
async function hitch(args: readonly string[], stdout: "inherit" | "pipe"): Promise<string> {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: scratch,
    env,
    stdio: ["ignore", stdout, "inherit"],
  });
  const [said] = await Promise.all([child.stdout ? readAll(child.stdout) : "", once(child, "close")]);
  if (child.exitCode !== 0) throw new Error(`hitch ${args[0]} ended with ${child.exitCode ?? child.signalCode}.`);
  return said;
}

/** For people; machines read the events alone. */
function say(words: string): void {
  if (!forMachines) console.log(words);
}
