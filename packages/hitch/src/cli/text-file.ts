/** Texts from files and from stdin, byte for byte. */
import { constants, openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { addAbortSignal } from "node:stream";
import { buffer } from "node:stream/consumers";
import { cancelledBy } from "../run/cancelled.ts";
import { HarnessError } from "../vocabulary/error.ts";

/** Where the texts of a command come from. */
export interface TextSources {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Ends the waiting. */
  readonly cancelled: AbortSignal;
}

/**
 * Reads a file (`-` is stdin) that must be UTF-8. A byte order mark stays.
 *
 * @throws HarnessError `invalid-options` with `option`, and `unreadable` or `not-utf8` as the reason; `cancelled`.
 */
export async function readText(path: string, option: string, { stdin, cancelled }: TextSources): Promise<string> {
  const name = path === "-" ? "stdin" : path;
  let bytes: Buffer;
  try {
    bytes = path === "-" ? await buffer(addAbortSignal(cancelled, stdin)) : await readPath(path, cancelled);
  } catch (error) {
    if (cancelled.aborted) throw cancelledBy(cancelled);
    const message = `${option}: ${name} cannot be read: ${(error as Error).message}`;
    throw new HarnessError({ code: "invalid-options", option, reason: "unreadable", message, cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const message = `${option}: ${name} is not UTF-8`;
    throw new HarnessError({ code: "invalid-options", option, reason: "not-utf8", message, cause });
  }
}

/** A pipe is read without a thread that waits for it: Node could not end before somebody writes to the pipe. */
async function readPath(path: string, cancelled: AbortSignal): Promise<Buffer> {
  if (!(await stat(path)).isFIFO()) return readFile(path, { signal: cancelled });
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return buffer(addAbortSignal(cancelled, new Socket({ fd, readable: true, writable: false })));
}
