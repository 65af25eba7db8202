import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { copyTree } from "../../src/effects/copy-tree.ts";
import { sizeOfTree } from "../../src/effects/tree-size.ts";
import { temporaryDirectory } from "../support/start.ts";

const copyTreeFile = fileURLToPath(new URL("../../src/effects/copy-tree.ts", import.meta.url));
const never = new AbortController().signal;

/** Copies "from" to "to". Modes don't stop root: then it is done in a process of another user's. */
function copyAsUser(cwd: string): unknown {
  const code = `const { copyTree } = await import(${JSON.stringify(copyTreeFile)});
    console.log(JSON.stringify(await copyTree("from", "to", new AbortController().signal)));`;
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "--eval", code], { ...user, cwd, encoding: "utf8" }),
  );
}

test("leaves out what cannot be read, and tells it", () => {
  const top = temporaryDirectory();
  const folders = ["from", "to", "from/closed", "from/fixed"].map((name) => join(top, name));
  for (const folder of folders) mkdirSync(folder);
  for (const name of ["file", "secret", "fixed/file"]) writeFileSync(join(top, "from", name), name);
  chmodSync(join(top, "from/secret"), 0);
  if (process.getuid?.() === 0)
    for (const path of [top, ...folders, join(top, "from/secret")]) chownSync(path, 65_534, 65_534);
  chmodSync(join(top, "from/closed"), 0);
  chmodSync(join(top, "from/fixed"), 0o555);
  expect((copyAsUser(top) as string[]).sort()).toEqual(["from/closed", "from/secret"]);
  expect(readdirSync(join(top, "to"), { recursive: true }).sort()).toEqual(["file", "fixed", "fixed/file"]);
  expect(statSync(join(top, "to/fixed")).mode & 0o777).toBe(0o555);
  for (const name of ["from/closed", "from/fixed", "to/fixed"]) chmodSync(join(top, name), 0o700);
});

// Other systems take no such names.
test.runIf(process.platform === "linux")("copies and counts what has a name that is no text", async () => {
  const [from, to] = [temporaryDirectory(), temporaryDirectory()];
  const name = Buffer.from("caf\xe9", "latin1");
  const folder = Buffer.concat([Buffer.from(`${from}/`), name]);
  mkdirSync(folder);
  writeFileSync(Buffer.concat([folder, Buffer.from("/"), name]), "x".repeat(100_000));
  expect(await copyTree(from, to, never)).toEqual([]);
  expect(readdirSync(to, { encoding: "buffer" })).toEqual([name]);
  expect(readFileSync(Buffer.concat([Buffer.from(`${to}/`), name, Buffer.from("/"), name])).length).toBe(100_000);
  expect((await sizeOfTree(from)).apparent).toBeGreaterThanOrEqual(100_000);
});

test("ends when it is to stop", async () => {
  const [from, to] = [temporaryDirectory(), temporaryDirectory()];
  writeFileSync(join(from, "file"), "x");
  await copyTree(from, to, AbortSignal.abort());
  expect(readdirSync(to)).toEqual([]);
});
