import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { makeDirectory } from "../../src/effects/paths.ts";
import { temporaryDirectory } from "../support/start.ts";

describe("a directory is made", () => {
  test("with all that are missing above it, for this user alone", () => {
    const top = temporaryDirectory();
    makeDirectory(join(top, "a/b/c"));
    for (const path of ["a", "a/b", "a/b/c"]) expect(statSync(join(top, path)).mode & 0o777).toBe(0o700);
  });

  test("unless it is there, and then it stays as it is", () => {
    const directory = join(temporaryDirectory(), "there");
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    makeDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o755);
  });

  test.each(["file", "file/below"])("unless there is a file: %s", (path) => {
    const top = temporaryDirectory();
    writeFileSync(join(top, "file"), "");
    expect(() => makeDirectory(join(top, path))).toThrow("EEXIST: file already exists");
  });

  // In a process of its own, because a loop inside mkdir could be ended in no other way.
  test.runIf(process.platform === "linux")("unless the system says that it cannot be", async () => {
    const paths = fileURLToPath(new URL("../../src/effects/paths.ts", import.meta.url));
    const script = `import { makeDirectory } from ${JSON.stringify(paths)}; makeDirectory("/proc/x/y/z");`;
    const end = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 30_000,
      killSignal: "SIGKILL",
    });
    await expect(end).rejects.toMatchObject({
      killed: false,
      stderr: expect.stringContaining("ENOENT: no such file or directory, mkdir '/proc/x'") as string,
    });
  });
});
