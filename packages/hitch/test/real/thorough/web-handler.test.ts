import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { removeFolders } from "../../fixtures/processes/hosts.ts";
import { newToken } from "../../fixtures/processes/survivors.ts";
import { fault, startMockModel, text, type MockModel } from "../../../src/testing/index.ts";
import type { HitchEvent } from "../../../src/vocabulary/events.ts";
import { assertEvent } from "../../support/event-schema.ts";
import { describeProcess } from "../../support/proc.ts";
import { agentById } from "../support/agents.ts";
import { makeGround, placeOn } from "../support/process-host.ts";
import { findAlive, findAliveAfter, killAlive, type Trace } from "../support/process-scan.ts";
import { watchListeners } from "../support/process-sockets.ts";
import { installationFor } from "../support/process-user.ts";

vi.setConfig({ testTimeout: 240_000 });

const example = fileURLToPath(new URL("../../../../../examples/web-handler.ts", import.meta.url));

interface Server extends Trace {
  readonly child: ChildProcess;
  readonly url: string;
  /** The pid of the host of each run that is alive, as the records say. */
  hosts(): readonly number[];
}

const servers: Server[] = [];
const models: MockModel[] = [];
afterEach(async () => {
  servers.splice(0).forEach(killAlive);
  for (const model of models.splice(0)) await model.close();
});
afterAll(removeFolders);

test("of five requests at once in each of two workers, one leaves: it is cancelled, the others are answered", async () => {
  const allAsked = Promise.withResolvers<void>();
  const model = await startModel(allAsked.promise);
  const watch = watchListeners(() => servers.flatMap((server) => findAlive(server)));
  const server = await startServer(model);

  const leaver = new AbortController();
  const prompts = Array.from({ length: 9 }, (_, index) => `question ${index}`);
  const leaving = await ask(server, "leave", "pi", leaver.signal);
  const staying: Response[] = [];
  // One after the other, so that the workers take turns. All of them are under way together, since none is answered yet.
  for (const [index, prompt] of prompts.entries()) {
    staying.push(await ask(server, prompt, index < 2 ? "opencode" : "pi"));
  }
  await model.waitForRequest(10, { timeoutMs: 120_000 });
  expect(countEach(server.hosts())).toEqual([5, 5]);

  const abandoned = await model.waitForRequest(({ lastUserText }) => lastUserText === "leave");
  leaver.abort();
  await expect(readEvents(leaving)).rejects.toThrow("aborted");
  expect(await abandoned.closed).toBe("client-left");
  await expect.poll(() => server.hosts().length, { timeout: 5_000 }).toBe(9);

  allAsked.resolve();
  for (const [index, response] of staying.entries()) {
    const events = await readEvents(response);
    events.forEach(assertEvent);
    const answer = { type: "run-finish", status: "completed", result: { text: `answer to ${prompts[index]}` } };
    expect(events.at(-1)).toMatchObject(answer);
  }
  await expect.poll(() => server.hosts(), { timeout: 5_000 }).toEqual([]);
  expect(findAlive(server).map(describeProcess)).toHaveLength(3); // The server's own processes.

  server.child.kill("SIGTERM");
  expect((await findAliveAfter(() => findAlive(server))).map(describeProcess)).toEqual([]);
  const port = Number(new URL(server.url).port).toString(16).toUpperCase().padStart(4, "0");
  expect(watch.stop()).toEqual([expect.stringMatching(new RegExp(`^tcp 0100007F:${port}: `))]);
});

test("a server that is killed takes its agents with it", async () => {
  const model = await startModel(Promise.resolve());
  const server = await startServer(model);
  const responses = [await ask(server, "leave", "pi"), await ask(server, "leave", "pi")];
  await model.waitForRequest(2, { timeoutMs: 60_000 });
  server.child.kill("SIGKILL");
  expect((await findAliveAfter(() => findAlive(server))).map(describeProcess)).toEqual([]);
  await expect.poll(() => server.hosts(), { timeout: 5_000 }).toEqual([]);
  for (const response of responses) await expect(readEvents(response)).rejects.toThrow("terminated");
});

/** Answers when it is time, and never to "leave". */
async function startModel(time: Promise<void>): Promise<MockModel> {
  const model = await startMockModel({
    async script({ lastUserText = "" }) {
      if (lastUserText === "leave") return fault("hang-mid-stream");
      await time;
      return text(`answer to ${lastUserText}`);
    },
  });
  models.push(model);
  return model;
}

/** Starts the example as it is, on a free port. */
async function startServer(model: MockModel): Promise<Server> {
  const ground = makeGround("this user");
  const place = placeOn(ground);
  const { node, path } = installationFor("this user");
  const token = newToken();
  const trace = { token, cwd: place.cwd, marker: `${process.env.HITCH_TEST_RUN}/${token}` };
  const child = spawn(node, [example], {
    cwd: place.home,
    env: {
      ...agentById.opencode.configure(place, { baseUrl: model.baseUrl }),
      ...agentById.pi.configure(place, { baseUrl: model.baseUrl }),
      ...{ PATH: path, HOME: place.home, TMPDIR: join(place.home, "tmp"), HITCH_STATE_DIR: ground.state },
      ...{ PORT: "0", WORKERS: "2", PROJECT: place.cwd, HITCH_TEST_RUN: trace.marker },
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const active = join(ground.state, "active");
  const hosts = (): number[] =>
    (existsSync(active) ? readdirSync(active) : []).flatMap((id) => hostOf(join(active, id)));
  const server = { ...trace, child, url: await readUrl(child, 2), hosts };
  servers.push(server);
  return server;
}

async function readUrl(child: ChildProcess, workers: number): Promise<string> {
  const urls: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    urls.push(/http:\S+/.exec(line)?.[0] ?? "");
    if (urls.length === workers) break;
  }
  expect(new Set(urls).size).toBe(1);
  return urls[0]!;
}

/** Resolves when the first event is there: the run has started. */
async function ask({ url }: Server, prompt: string, provider: string, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ prompt, provider, model: agentById.pi.model });
  return fetch(url, { method: "POST", body, ...(signal && { signal }) });
}

async function readEvents(response: Response): Promise<HitchEvent[]> {
  const lines = (await response.text()).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as HitchEvent);
}

/** None if the run is just beginning or ending. */
function hostOf(folder: string): number[] {
  try {
    const { host } = JSON.parse(readFileSync(join(folder, "record.json"), "utf8")) as { host: { pid: number } };
    return [host.pid];
  } catch {
    return [];
  }
}

function countEach(values: readonly number[]): number[] {
  return [...new Set(values)].map((value) => values.filter((other) => other === value).length);
}
