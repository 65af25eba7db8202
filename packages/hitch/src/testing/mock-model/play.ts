import type { Exchange } from "./exchange.ts";
import type { Protocol, Reply, WriteContext } from "./protocols/protocol.ts";
import type { AnswerTurn, FaultTurn, Headers, StatusTurn, Turn } from "./turns.ts";

/** Plays one turn on one exchange. A turn that hangs returns and leaves the connection open. */
export async function play(turn: Turn, exchange: Exchange, protocol: Protocol, context: WriteContext): Promise<void> {
  await exchange.wait(turn.delayMs ?? 0);
  switch (turn.type) {
    case "answer":
      return playAnswer(turn, exchange, protocol.write(turn, context));
    case "status":
      return playStatus(turn, exchange, protocol);
    case "fault":
      return playFault(turn, exchange, protocol, context);
  }
}

async function playAnswer(turn: AnswerTurn, exchange: Exchange, reply: Reply): Promise<void> {
  exchange.open(200, { "content-type": reply.contentType, "cache-control": "no-cache", ...turn.headers });
  await sendAll([...reply.content, ...reply.end], exchange, turn.dripMs);
  exchange.end();
}

async function playStatus(turn: StatusTurn, exchange: Exchange, protocol: Protocol): Promise<void> {
  const body = turn.body ?? protocol.writeError(turn.status, { message: turn.message, code: turn.code });
  const contentType = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json";
  exchange.open(turn.status, { "content-type": contentType, ...buildRetryHeaders(turn), ...lowerCase(turn.headers) });
  await sendAll([typeof body === "string" ? body : JSON.stringify(body)], exchange, turn.dripMs);
  exchange.end();
}

/** Keeps a client's own retries in the range of milliseconds. */
function buildRetryHeaders({ status, headers }: StatusTurn): Headers {
  const own = Object.keys(lowerCase(headers));
  const ownSaysWhen = own.includes("retry-after") || own.includes("retry-after-ms");
  return !ownSaysWhen && (status === 429 || status >= 500) ? { "retry-after-ms": "1" } : {};
}

function lowerCase(headers: Headers = {}): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function playFault(
  turn: FaultTurn,
  exchange: Exchange,
  protocol: Protocol,
  context: WriteContext,
): Promise<void> {
  const { fault, dripMs } = turn;
  if (fault === "hang-before-headers") return;
  if (fault === "reset") return exchange.reset();
  if (fault === "not-sse") return sendPage(exchange);
  if (fault === "empty") return playAnswer({ type: "answer" }, exchange, protocol.write({ type: "answer" }, context));

  const reply = protocol.write(buildInterruptedAnswer(turn), context);
  exchange.open(200, { "content-type": reply.contentType });
  if (fault === "hang-after-headers") return;
  await sendAll(reply.content, exchange, dripMs);
  if (fault === "hang-mid-stream") return;
  await exchange.wait(turn.pauseMs ?? (fault === "cut" ? pauseBeforeCutMs : 0));
  if (fault === "cut") return exchange.cut();
  if (fault === "malformed") await sendAll(["data: {not json\n\n"], exchange, dripMs);
  if (fault === "stream-error") await sendAll([protocol.writeStreamError(turn)], exchange, dripMs);
  exchange.end();
}

/**
 * A client that finds headers, content and the end of the connection all at once may take it for a connection that never
 * came about (seen with a client on Bun 1.3.14, with 100 ms too), which is another fault than a stream cut in the middle.
 */
const pauseBeforeCutMs = 500;

function buildInterruptedAnswer({ text, reasoning, toolCalls }: FaultTurn): AnswerTurn {
  const saysNothing = text === undefined && reasoning === undefined && toolCalls === undefined;
  return { type: "answer", text: saysNothing ? "The first words of an answer" : text, reasoning, toolCalls };
}

async function sendPage(exchange: Exchange): Promise<void> {
  exchange.open(200, { "content-type": "text/html; charset=utf-8" });
  await exchange.send("<!doctype html><title>Sign in</title><p>Please sign in to use this network.</p>\n");
  exchange.end();
}

async function sendAll(pieces: readonly string[], exchange: Exchange, dripMs = 0): Promise<void> {
  for (const piece of pieces) {
    await exchange.wait(dripMs);
    await exchange.send(piece);
  }
}
