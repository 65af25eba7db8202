import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { removeTree } from "../../src/effects/remove-tree.ts";
import { temporaryDirectory } from "../support/start.ts";

const removeTreeFile = fileURLToPath(new URL("../../src/effects/remove-tree.ts", import.meta.url));

/** Modes don't stop root: then it is done in a process of another user's, by a name that needs nothing above. */
function removeAsUser(cwd: string, name: string): void {
  const code = `const { removeTree } = await import(${JSON.stringify(removeTreeFile)}); await removeTree(process.argv[1]);`;
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  execFileSync(process.execPath, ["--input-type=module", "--eval", code, name], { ...user, cwd, stdio: "pipe" });
}

test("removes folders that must not be written or looked into, and follows no link", () => {
  const [top, elsewhere] = [temporaryDirectory(), temporaryDirectory()];
  writeFileSync(join(elsewhere, "kept.txt"), "kept");
  chmodSync(elsewhere, 0o555);
  const tree = join(top, "tree");
  const folders = [tree, join(tree, "closed"), join(tree, "closed/below")];
  for (const folder of folders) {
    mkdirSync(folder);
    writeFileSync(join(folder, "file.txt"), "x");
  }
  symlinkSync(elsewhere, join(tree, "link"));
  if (process.getuid?.() === 0) for (const folder of [top, ...folders]) chownSync(folder, 65_534, 65_534);
  chmodSync(join(tree, "closed/below"), 0o555);
  chmodSync(join(tree, "closed"), 0o000);
  removeAsUser(top, "tree");
  expect([existsSync(tree), existsSync(join(elsewhere, "kept.txt"))]).toEqual([false, true]);
  chmodSync(elsewhere, 0o755);
});

test("does nothing where nothing is", async () => {
  await expect(removeTree(join(temporaryDirectory(), "none"))).resolves.toBeUndefined();
});

test("removes folders that are too deep for a path", async () => {
  const top = join(temporaryDirectory(), "tree");
  mkdirSync(top);
  execFileSync("sh", ["-c", `for i in $(seq 60); do mkdir ${"d".repeat(200)}; cd -P ./ddd*; done; echo x > file`], {
    cwd: top,
  });
  await removeTree(top);
  expect(existsSync(top)).toBe(false);
});

// Other systems take no such names.
test.runIf(process.platform === "linux")("removes closed folders whose names are no text", () => {
  const top = temporaryDirectory();
  const tree = join(top, "tree");
  const closed = Buffer.concat([Buffer.from(`${tree}/`), Buffer.from("caf\xe9", "latin1")]);
  for (const folder of [tree, closed]) mkdirSync(folder);
  writeFileSync(Buffer.concat([closed, Buffer.from("/file")]), "x");
  if (process.getuid?.() === 0) for (const folder of [top, tree, closed]) chownSync(folder, 65_534, 65_534);
  chmodSync(closed, 0);
  removeAsUser(top, "tree");
  expect(existsSync(tree)).toBe(false);
});
