/** What a run needs is not there when it starts. */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withoutNamespaces, withoutProgram } from "../abilities.ts";
import { makeRepository } from "../repository.ts";
import { row, type Outcome, type Row } from "../row.ts";
import type { Scene } from "../scene.ts";

const padBytes = 20_000_000;
const agent = "$FOLDER/agent";

/** Makes the agent's program. */
const program =
  (content: string | Buffer, mode = 0o755) =>
  ({ folder }: Scene): void => {
    writeFileSync(join(folder, "agent"), content);
    chmodSync(join(folder, "agent"), mode);
  };

/** A directory with these programs of the system alone: what is not named is missing. */
const onlyPrograms =
  (...names: readonly string[]) =>
  ({ folder }: Scene): void => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const name of names) symlinkSync(name === "node" ? process.execPath : `/usr/bin/${name}`, join(bin, name));
  };

const onlyThose = { env: { PATH: "$FOLDER/bin" } };
const noNamespaces = { needs: "no namespaces", around: { before: withoutNamespaces } } as const;
const foreign = Buffer.from(`\x7fELF\x02\x01\x01${"\0".repeat(9)}\x02\0\xf3\xf3${"\0".repeat(60)}`, "latin1");
const isTagless = ({ containment, warnings }: Outcome): string | undefined =>
  containment?.tier === "marker" && warnings.length > 0 ? undefined : "it does not say that it is contained less";

export const starts: readonly Row[] = [
  ...Object.entries({
    "there is no agent": () => undefined,
    "the agent may not be executed": program("#!/bin/sh\n", 0o644),
    "the agent's interpreter is missing": program("#!/no/such/sh\n"),
    "the agent is for another machine": program(foreign),
    "the agent is an empty directory": ({ folder }: Scene) => mkdirSync(join(folder, "agent")),
  }).map(([fault, prepare]) =>
    row(fault, "before the start", { prepare, options: { executable: agent }, expected: "executable-not-found" }),
  ),
  row("the agent ends without reading its prompt (EPIPE)", "spawn", {
    ...{ prepare: program("#!/bin/sh\nexit 0\n"), padBytes },
    ...{ options: { executable: agent }, expected: "protocol" },
  }),
  row("the agent closes its stdin and hangs (EPIPE)", "spawn", {
    ...{ prepare: program("#!/bin/sh\nexec <&-\nexec sleep 600\n"), padBytes },
    ...{ options: { executable: agent, timeouts: { total: 3_000 } }, expected: "timeout" },
  }),
  row("the agent never reads its prompt and hangs", "spawn", {
    ...{ prepare: program("#!/bin/sh\nexec sleep 600\n"), padBytes },
    ...{ options: { executable: agent, timeouts: { total: 3_000 } }, expected: "timeout" },
  }),
  row("the agent reads half of its prompt and is killed", "first byte", {
    ...{ prepare: program("#!/bin/sh\nhead -c 10000000 >/dev/null\nkill -9 $$\n"), padBytes },
    ...{ options: { executable: agent }, expected: "crashed" },
  }),
  row("there is no such directory", "before the start", { options: { cwd: "$CWD/gone" }, expected: "cwd-not-found" }),
  row("the directory is a file", "before the start", {
    prepare: ({ cwd }) => writeFileSync(join(cwd, "file"), ""),
    ...{ options: { cwd: "$CWD/file" }, expected: "cwd-not-found" },
  }),
  row("the directory goes away", "between the check and the spawn", {
    ...{ consumer: { does: "removes the directory", at: "attempt-start" }, expected: "cwd-not-found" },
  }),
  row("the environment is too big (E2BIG)", "spawn", {
    ...{ padEnv: 200_000, expected: "invalid-options" },
  }),
  row("no descriptors left", "between the check and the spawn", {
    ...{ consumer: { does: "takes all descriptors", at: "attempt-start" }, isSweptLater: true, expected: "internal" },
  }),
  row("no processes left (EAGAIN)", "between the check and the spawn", {
    ...{ consumer: { does: "takes all processes", at: "attempt-start" }, expected: "internal" },
    around: { normalUser: true },
  }),
  row("the state directory is read-only", "before the start", {
    prepare: ({ state }) => chmodSync(state, 0o500),
    ...{ around: { normalUser: true }, expected: "invalid-options" },
  }),
  row("the state directory is a file", "before the start", {
    prepare({ state }) {
      rmSync(state, { recursive: true });
      writeFileSync(state, "");
    },
    expected: "invalid-options",
  }),
  row("there is no home", "before the start", { around: { env: { HOME: undefined } }, expected: "completed" }),
  row("the home is gone", "before the start", { around: { env: { HOME: "/no/such/home" } }, expected: "completed" }),
  row("the directory of temp files is gone", "before the start", {
    ...{ around: { env: { TMPDIR: "/no/such/tmp" } }, expected: "completed" },
  }),
  row("there is no prlimit", "before the start", {
    ...{
      needs: "mounts",
      around: { before: withoutProgram("/usr/bin/prlimit") },
      check: isTagless,
      expected: "completed",
    },
  }),
  row("the limit that tags a run is taken", "before the start", {
    ...{ around: { before: ["prlimit", "--rttime=200000:200000"] }, check: isTagless, expected: "completed" },
  }),
  row("there is no git", "before a worktree", {
    prepare(scene) {
      makeRepository(scene);
      onlyPrograms("node", "sh", "env", "prlimit")(scene);
    },
    ...{ around: onlyThose, options: { workspace: "worktree" } },
    expected: "invalid-options",
  }),
  row("there is no git", "before the start", {
    ...{ prepare: onlyPrograms("node", "sh", "env", "prlimit"), around: onlyThose, expected: "completed" },
  }),
  row("there is no bwrap", "before a sandbox", {
    ...{ prepare: onlyPrograms("node", "sh", "env", "prlimit"), around: onlyThose, options: { sandbox: true } },
    expected: "unsupported-option",
  }),
  row("there are no user namespaces", "before a sandbox", {
    ...{ ...noNamespaces, options: { sandbox: true }, expected: "unsupported-option" },
  }),
  row("there are no user namespaces", "before the start", { ...noNamespaces, expected: "completed" }),
];
