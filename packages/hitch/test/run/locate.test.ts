import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Launch } from "../../src/provider.ts";
import { locateAgent } from "../../src/run/locate.ts";
import { scripted } from "../support/scripted-agent.ts";
import { temporaryDirectory } from "../support/start.ts";

const binary = "@maker/agent-native/bin/agent";
const packaged: Launch = { name: "agent", binaries: { [`${process.platform}-${process.arch}`]: binary } };

let root: string;
beforeEach(() => void (root = temporaryDirectory()));

function makeProgram(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

/** As npm installs it: a link on PATH to a script of the package. */
function install(modules: string): string {
  const script = makeProgram(join(modules, "@maker/agent/bin/agent.js"));
  const link = join(root, "bin", "agent");
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(script, link);
  return link;
}

function locate(launch: readonly Launch[], executable?: string): string {
  return locateAgent({ ...scripted, agent: { ...scripted.agent, launch } }, executable, root, {
    PATH: join(root, "bin"),
  });
}

test.each(["lib/node_modules", "lib/node_modules/@maker/agent/node_modules"])(
  "a native program is taken from %s, beside or inside the package that has the name on PATH",
  (folder) => {
    install(join(root, "lib/node_modules"));
    const native = makeProgram(join(root, folder, binary));
    expect(locate([packaged, { name: "agent" }])).toBe(native);
  },
);

test("without the native program, or with one for another machine, the name on PATH is taken", () => {
  const link = install(join(root, "lib/node_modules"));
  expect(locate([packaged, { name: "agent" }])).toBe(link);
  makeProgram(join(root, "lib/node_modules", binary));
  expect(locate([{ name: "agent", binaries: { "other-cpu": binary } }, { name: "agent" }])).toBe(link);
});

test("a program that is no part of a package is not looked for in one", () => {
  const link = makeProgram(join(root, "bin", "agent"));
  makeProgram(join(root, "node_modules", binary));
  expect(locate([packaged, { name: "agent" }])).toBe(link);
});

test("an executable that was given is taken as it is", () => {
  const link = install(join(root, "lib/node_modules"));
  makeProgram(join(root, "lib/node_modules", binary));
  expect(locate([packaged], "agent")).toBe(link);
  expect(locate([packaged], "./bin/agent")).toBe(link);
});

test("what is nowhere is not found", () => {
  const notFound = {
    code: "executable-not-found",
    message: expect.stringContaining("there is no agent on the PATH") as string,
  };
  expect(() => locate([packaged, { name: "agent" }])).toThrow(expect.objectContaining(notFound) as Error);
});
