/**
 * An HTTP server that answers requests with coding agents, in two worker processes.
 *
 *     PROJECT=/home/me/project node examples/web-handler.ts
 *     curl -N localhost:8080 -d '{ "prompt": "What does this project do?", "provider": "opencode" }'
 *
 * The answer is a stream of events, one JSON object a line. The last one is always `run-finish`, with the result or with
 * what went wrong. Whoever hangs up cancels.
 *
 * Note what is missing: there is no server of the agent's behind this one, no pool, no exit handler, nothing to close. A
 * request is one plain process; it goes with its request, with its worker, and with the whole server.
 */
import cluster from "node:cluster";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { harness } from "hitch";

const { PORT = "8080", WORKERS = "2", PROJECT = process.cwd() } = process.env;

/** What is the same for all requests. */
const ask = harness.with({ cwd: PROJECT, permissions: "read-only", timeouts: { total: 10 * 60_000 } });

if (cluster.isPrimary) {
  cluster.on("listening", ({ id }, { port }) => console.log(`Worker ${id} listens on http://127.0.0.1:${port}`));
  for (let count = 0; count < Number(WORKERS); count++) cluster.fork();
} else {
  createServer((request, response) => void handle(request, response)).listen(Number(PORT), "127.0.0.1");
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const question = await readQuestion(request);
  if (question === undefined) {
    response.writeHead(400).end("Send { prompt, provider, model } as JSON.\n");
    return;
  }
  const { prompt, ...options } = question;
  const run = ask(prompt, options);
  // Leaving the loop below would cancel the run too, but only at its next event, which may be minutes away.
  response.on("close", () => void run.cancel("the client left"));

  response.writeHead(200, { "content-type": "application/x-ndjson" });
  const lines = async function* () {
    for await (const event of run) yield `${JSON.stringify(event)}\n`;
  };
  // Reading a run never throws, so all that can fail is the client's connection; the run is cancelled then.
  await pipeline(lines, response).catch(() => undefined);
}

/** What a client may choose. All the other options are the server's. */
async function readQuestion(request: IncomingMessage) {
  const sent = (await json(request).catch(() => null)) as Readonly<Record<string, unknown>> | null;
  const { prompt, provider = "opencode", model } = sent ?? {};
  if (typeof prompt !== "string" || typeof provider !== "string") return undefined;
  return { prompt, provider, ...(typeof model === "string" && { model }) };
}
