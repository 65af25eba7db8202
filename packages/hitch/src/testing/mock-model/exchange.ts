import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExchangeEnd } from "./requests.ts";
import type { Headers } from "./turns.ts";

/**
 * The mock's end of one request: everything that can be done to the answer's connection.
 * When the connection is gone, `wait` and `send` throw `ConnectionGone`.
 */
export interface Exchange {
  readonly closed: Promise<ExchangeEnd>;
  wait(milliseconds: number): Promise<void>;
  /** Sends the status line and the headers at once. */
  open(status: number, headers: Headers): void;
  send(piece: string): Promise<void>;
  /** Ends the body properly. */
  end(): void;
  /** Closes the connection in the middle of the body; what was sent before still arrives. */
  cut(): void;
  /** Resets the connection, as a crashed server does. */
  reset(): void;
}

export class ConnectionGone extends Error {}

/** `mockClosing` is aborted when the mock itself closes all connections. */
export function openExchange(response: ServerResponse, mockClosing: AbortSignal): Exchange {
  const gone = new AbortController();
  let closedHere = false;
  const closed = new Promise<ExchangeEnd>((resolve) => {
    response.once("close", () => {
      gone.abort(new ConnectionGone());
      if (response.writableFinished) resolve("answered");
      else resolve(mockClosing.aborted || closedHere ? "mock-closed" : "client-left");
    });
  });
  // A client that leaves while we write is expected; `closed` tells of it.
  response.on("error", () => {});

  return {
    closed,
    async wait(milliseconds) {
      if (milliseconds > 0) await unlessGone(sleep(milliseconds, undefined, { signal: gone.signal }), gone.signal);
    },
    open(status, headers) {
      gone.signal.throwIfAborted();
      response.writeHead(status, headers);
      response.flushHeaders();
    },
    async send(piece) {
      gone.signal.throwIfAborted();
      if (!response.write(piece)) await unlessGone(once(response, "drain", { signal: gone.signal }), gone.signal);
    },
    end: () => void response.end(),
    cut() {
      closedHere = true;
      response.socket?.destroySoon();
    },
    reset() {
      closedHere = true;
      response.socket?.resetAndDestroy();
    },
  };
}

async function unlessGone(promise: Promise<unknown>, gone: AbortSignal): Promise<void> {
  try {
    await promise;
  } catch (error) {
    gone.throwIfAborted();
    throw error;
  }
}
