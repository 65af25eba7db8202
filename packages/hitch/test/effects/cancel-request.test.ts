import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { hearCancelRequest, isCancelRequested, requestCancel } from "../../src/effects/cancel-request.ts";
import { temporaryDirectory } from "../support/start.ts";

test("a request is heard once and taken away", async () => {
  const directory = temporaryDirectory();
  let heard = 0;
  const stop = hearCancelRequest(directory, () => heard++);
  mkdirSync(join(directory, "scratch"));
  await sleep(50);
  expect(heard).toBe(0);

  expect(requestCancel(directory)).toBe(true);
  await until(() => heard === 1 && !isCancelRequested(directory));
  expect(readdirSync(directory)).toEqual(["scratch"]);

  requestCancel(directory);
  await sleep(200);
  expect(heard).toBe(1);
  stop();
});

test("a request of which no change tells is found", async () => {
  const directory = temporaryDirectory();
  requestCancel(directory);
  const heard = Promise.withResolvers<void>();
  const stop = hearCancelRequest(directory, heard.resolve);
  await heard.promise;
  stop();
});

test("where the folder is gone there is nobody to ask, and listening there does no harm", async () => {
  const directory = join(temporaryDirectory(), "run");
  mkdirSync(directory);
  let heard = 0;
  const stop = hearCancelRequest(directory, () => heard++);
  rmSync(directory, { recursive: true });
  expect(requestCancel(directory)).toBe(false);
  await sleep(200);
  expect({ heard, there: existsSync(directory) }).toEqual({ heard: 0, there: false });
  stop();
  stop();
});

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !isSo(); tries++) await sleep(25);
  expect(isSo()).toBe(true);
}
