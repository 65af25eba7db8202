import type { AnswerTurn } from "../turns.ts";

/**
 * One way of talking to a model over HTTP: how a request is recognised and read, and how an answer is written.
 * Pure; faults, delays and sockets are no concern of a protocol.
 */
export interface Protocol {
  readonly id: ProtocolId;
  /** Whether a request to this path is one for the model. Any prefix of the path is allowed. */
  matches(method: string, path: string): boolean;
  /** Reads a body of which nothing is known. */
  read(body: unknown, path: string): ModelRequest;
  /** The answer, as a stream or as one document, whichever was asked for. */
  write(turn: AnswerTurn, context: WriteContext): Reply;
  /** An error inside a stream whose headers have already said 200. */
  writeStreamError(error: ErrorDetails): string;
  /** The JSON body of an error status. */
  writeError(status: number, error: ErrorDetails): unknown;
}

export type ProtocolId = "chat" | "responses" | "messages" | "generate-content";

/** What every protocol's request says, in one vocabulary. */
export interface ModelRequest {
  readonly model: string;
  readonly stream: boolean;
  /** In order, the system's among them. */
  readonly messages: readonly ModelMessage[];
  /** Names of the tools that the model is offered. */
  readonly tools: readonly string[];
  /** Those of them that take a text instead of JSON: a call of one sends its arguments as they are. */
  readonly textTools: readonly string[];
  /** The client wants token counts in the stream. */
  readonly wantsUsage: boolean;
}

export interface ModelMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  /** All text of the message; several parts are joined by a newline. */
  readonly text: string;
  /** What the assistant called; the arguments as the client sent them back. */
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** The call that this message of a tool answers. */
  readonly toolCallId?: string;
}

export interface WriteContext {
  readonly request: ModelRequest;
  /** Unique in the life of the mock; part of the ids that an answer needs. */
  readonly index: number;
  readonly now: Date;
}

/** The body of an answer in pieces: what it says, and what ends it properly. */
export interface Reply {
  readonly contentType: string;
  readonly content: readonly string[];
  readonly end: readonly string[];
}

export interface ErrorDetails {
  readonly message?: string | undefined;
  readonly code?: string | undefined;
}
