import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Launch } from "../../src/provider.ts";
import { locateAgent, type Program } from "../../src/run/locate.ts";
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

function locateProgram(launch: readonly Launch[], executable?: string): Program {
  const PATH = join(root, "bin");
  return locateAgent({ ...scripted, agent: { ...scripted.agent, launch } }, executable, root, { PATH });
}

function locate(launch: readonly Launch[], executable?: string): string {
  return locateProgram(launch, executable).path;
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

describe("a script that a launcher would only start", () => {
  const script: Launch = { name: "agent", script: "@maker/agent/cli.js", nodeArgs: ["--expose-gc"] };

  /** The package with its launcher, and a node of the user's on PATH. */
  function installLauncher(firstLine: string): { readonly link: string; readonly cli: string; readonly node: string } {
    const modules = join(root, "lib/node_modules");
    const link = install(modules);
    writeFileSync(join(modules, "@maker/agent/bin/agent.js"), `${firstLine}\n`);
    const cli = join(modules, "@maker/agent/cli.js");
    writeFileSync(cli, "");
    return { link, cli, node: makeProgram(join(root, "bin", "node")) };
  }

  test("is run by the Node that would run the launcher", () => {
    const { cli, node } = installLauncher("#!/usr/bin/env node");
    expect(locateProgram([script, { name: "agent" }])).toEqual({ path: cli, file: node, args: ["--expose-gc", cli] });
  });

  test("is left to its launcher if that is no script for Node, or if the script is not there", () => {
    const { link } = installLauncher("#!/bin/sh");
    expect(locateProgram([script, { name: "agent" }])).toEqual({ path: link, file: link, args: [] });
    const other: Launch = { ...script, script: "@maker/agent/other.js" };
    writeFileSync(link, "#!/usr/bin/env node\n");
    expect(locate([other, { name: "agent" }])).toBe(link);
  });

  test("is not run by a Node that is nowhere", () => {
    const { node } = installLauncher("#!/usr/bin/env node");
    rmSync(node);
    expect(() => locate([script, { name: "agent" }])).toThrow("its interpreter node doesn't exist");
  });
});
