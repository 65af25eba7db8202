import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { parseObject } from "../../vocabulary/json.ts";
import { ConnectionGone, openExchange } from "./exchange.ts";
import { answerOther } from "./other-requests.ts";
import { play } from "./play.ts";
import { protocols } from "./protocols/index.ts";
import { createRequestLog, summarize } from "./requests.ts";
import type { RecordedRequest, RequestLog } from "./requests.ts";
import { createPlayer } from "./script.ts";
import type { Exhausted, Script } from "./script.ts";

export interface MockModelOptions {
  readonly script: Script;
  /** Default `repeat`. */
  readonly exhausted?: Exhausted;
  /** On 127.0.0.1. Default 0: any free one. */
  readonly port?: number;
}

/** A model on loopback that does what a script says, and remembers what it was asked. */
export interface MockModel {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The URL under which clients of OpenAI's interfaces look for theirs: `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string;
  /** Requests for the model, growing as they arrive. */
  readonly requests: readonly RecordedRequest[];
  /** `METHOD /path` of everything else that was asked for. */
  readonly otherRequests: readonly string[];
  /** Replaces the script and starts it from its beginning. */
  script(next: Script): void;
  readonly waitForRequest: RequestLog["waitFor"];
  /** Ends every connection, hanging ones included, and frees the port. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a mock model. It keeps the process alive until it is closed.
 *
 * @example
 * await using mock = await startMockModel({ script: [toolCall("bash", { command: "ls" }), text("Done.")] });
 */
export async function startMockModel(options: MockModelOptions): Promise<MockModel> {
  const exhausted = options.exhausted ?? "repeat";
  const log = createRequestLog();
  const otherRequests: string[] = [];
  const closing = new AbortController();
  let script = options.script;
  let player = createPlayer(script, exhausted);

  const server = createServer((incoming, response) => void answer(incoming, response));
  // A client that comes back after a long tool call must not find its idle connection closed under it.
  server.keepAliveTimeout = 0;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = openExchange(response, closing.signal);
    const method = incoming.method ?? "";
    const path = new URL(incoming.url ?? "/", url).pathname;
    const rawBody = await buffer(incoming).catch(() => undefined);
    if (rawBody === undefined) return; // The client left before its request was complete: there is nothing to answer.

    const protocol = protocols.find((candidate) => candidate.matches(method, path));
    const body = parseObject(rawBody.toString("utf8"));
    if (protocol === undefined || body === undefined) {
      otherRequests.push(`${method} ${path}`);
      return answerOther(response, method, path, script);
    }
    const request = protocol.read(body, path);
    const recorded: RecordedRequest = {
      ...request,
      ...summarize(request, incoming.headers),
      index: log.requests.length,
      method,
      path,
      headers: incoming.headers,
      protocol: protocol.id,
      rawBody,
      body,
      receivedAt: new Date(),
      closed: exchange.closed,
    };
    log.add(recorded);
    const turn = await player(recorded);
    const context = { request, index: recorded.index, now: recorded.receivedAt };
    await play(turn, exchange, protocol, context).catch(ignoreConnectionGone);
  }

  const close = async () => {
    if (closing.signal.aborted) return closed;
    closing.abort();
    log.close();
    server.close();
    server.closeAllConnections();
    return closed;
  };
  const closed = once(server, "close").then(() => {});

  return {
    url,
    baseUrl: `${url}/v1`,
    requests: log.requests,
    otherRequests,
    script(next) {
      script = next;
      player = createPlayer(next, exhausted);
    },
    waitForRequest: log.waitFor,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function ignoreConnectionGone(error: unknown): void {
  if (!(error instanceof ConnectionGone)) throw error;
}
