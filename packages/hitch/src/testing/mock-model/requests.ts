import type { IncomingHttpHeaders } from "node:http";
import type { ModelRequest, ProtocolId } from "./protocols/protocol.ts";

/** A request for the model, as it arrived. */
export interface RecordedRequest extends ModelRequest {
  /** From 0, in the order in which the bodies were complete. */
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly protocol: ProtocolId;
  readonly rawBody: Buffer;
  readonly body: unknown;
  readonly receivedAt: Date;
  /** The texts of the system's and the developer's messages. */
  readonly system: readonly string[];
  readonly lastUserText: string | undefined;
  /** What all requests of one conversation have in common: the client's session id, else its first user message. */
  readonly conversation: string;
  /** Resolves when the exchange is over, and tells who ended it. Never rejects. */
  readonly closed: Promise<ExchangeEnd>;
}

/** `answered`: the whole body was sent; otherwise one side closed the connection before. */
export type ExchangeEnd = "answered" | "client-left" | "mock-closed";

export interface WaitOptions {
  /** Default 10 000. */
  readonly timeoutMs?: number;
}

/** The requests so far, and a way of waiting for those to come. */
export interface RequestLog {
  readonly requests: readonly RecordedRequest[];
  add(request: RecordedRequest): void;
  /** The n-th request (from 1), or the first one that the predicate accepts. Rejects after the timeout and on `close`. */
  readonly waitFor: (wanted: RequestPredicate | number, options?: WaitOptions) => Promise<RecordedRequest>;
  close(): void;
}

export type RequestPredicate = (request: RecordedRequest) => boolean;

export function createRequestLog(): RequestLog {
  const requests: RecordedRequest[] = [];
  const waiting = new Set<{ check(): void; fail(reason: string): void }>();

  return {
    requests,
    add(request) {
      requests.push(request);
      for (const waiter of [...waiting]) waiter.check();
    },
    waitFor(wanted, { timeoutMs = 10_000 } = {}) {
      const find = () => (typeof wanted === "number" ? requests[wanted - 1] : requests.find(wanted));
      return new Promise((resolve, reject) => {
        const settle = (finish: () => void) => {
          clearTimeout(timer);
          waiting.delete(waiter);
          finish();
        };
        const waiter = {
          check() {
            try {
              const found = find();
              if (found !== undefined) settle(() => resolve(found));
            } catch (error) {
              settle(() => reject(new Error("The predicate given to waitForRequest threw", { cause: error })));
            }
          },
          fail: (reason: string) => settle(() => reject(new Error(`${reason}; ${describe(requests)}`))),
        };
        const timer = setTimeout(() => waiter.fail(`The mock model waited ${timeoutMs} ms for a request`), timeoutMs);
        waiting.add(waiter);
        waiter.check();
      });
    },
    close() {
      for (const waiter of [...waiting]) waiter.fail("The mock model was closed while a request was waited for");
    },
  };
}

/** The parts of a record that follow from what a protocol has read. */
export function summarize(request: ModelRequest, headers: IncomingHttpHeaders) {
  const textsOf = (role: string) => request.messages.filter((message) => message.role === role).map(({ text }) => text);
  const userTexts = textsOf("user");
  const session = sessionHeaders.map((name) => headers[name]).find((value) => typeof value === "string");
  return {
    system: textsOf("system"),
    lastUserText: userTexts.at(-1),
    conversation: typeof session === "string" ? session : (userTexts[0] ?? ""),
  };
}

/** Headers by which clients name their session. */
const sessionHeaders = ["x-session-id", "x-session-affinity", "session_id", "session-id"];

function describe(requests: readonly RecordedRequest[]): string {
  if (requests.length === 0) return "it has received none";
  const lines = requests.map(
    ({ index, model, lastUserText = "" }) => `#${index} ${model}: ${lastUserText.slice(0, 80)}`,
  );
  return `it has received ${requests.length}:\n${lines.slice(-10).join("\n")}`;
}
