import { existsSync, mkdirSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { openGate } from "../../src/effects/sandbox/gate.ts";
import { temporaryDirectory } from "../support/start.ts";

/** Answers after the end of what it is told, with its length and 5 MB more. */
async function listen(): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined); // whoever was cut off gets no answer
    void text(socket).then((said) => socket.end(`${said.length} ${"x".repeat(5_000_000)}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

function reach(directory: string, name = "gate-0.sock"): Socket {
  return connect({ path: join(directory, name), allowHalfOpen: true });
}

test("what is said arrives whole in both directions, each ended by itself", async () => {
  const directory = temporaryDirectory();
  const gate = await openGate(directory, [{ host: "localhost", address: "127.0.0.1", port: await listen() }]);
  const socket = reach(directory);
  socket.end("y".repeat(3_000_000));
  expect(await text(socket)).toBe(`3000000 ${"x".repeat(5_000_000)}`);
  gate.close();
});

test("a connection that leads nowhere is cut, and closing cuts them all and leaves no socket", async () => {
  const directory = temporaryDirectory();
  const standIns = [
    { host: "nowhere.invalid", address: "127.9.0.1", port: 443 },
    { host: "127.0.0.1", address: "127.0.0.1", port: await listen() },
  ];
  const gate = await openGate(directory, standIns);
  expect(await text(reach(directory)).catch(() => "")).toBe("");
  const open = reach(directory, "gate-1.sock");
  await new Promise((resolve) => open.once("connect", resolve));
  const ended = text(open);
  gate.close();
  expect(await ended).toBe("");
  open.destroy();
  for (const name of ["gate-0.sock", "gate-1.sock"]) expect(existsSync(join(directory, name))).toBe(false);
});

test("a gate is opened again in the same directory, whose path may be long", async () => {
  const directory = join(temporaryDirectory(), "x".repeat(120));
  mkdirSync(directory);
  const standIns = [{ host: "127.0.0.1", address: "127.0.0.1", port: await listen() }];
  for (const round of [1, 2]) {
    const gate = await openGate(directory, standIns);
    expect(existsSync(join(directory, "gate-0.sock")), `round ${round}`).toBe(true);
    gate.close();
  }
});
