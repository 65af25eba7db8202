#!/usr/bin/env node
// An old Node gets a sentence here instead of a syntax error from deep inside. 3 is the exit code of a wrong set-up.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`hitch needs Node 22.18 or newer; this is ${process.version} (${process.execPath}).\n`);
  process.exit(3);
}
await import("../dist/cli/main.js");
