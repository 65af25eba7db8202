/**
 * The journal of a run: its events as JSON lines, appended before they are shown, so that a crash loses nothing that
 * anybody saw. Redacted: what is stored holds no secret.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HitchEvent } from "../vocabulary/events.ts";
import { splitLines } from "../vocabulary/lines.ts";
import { makeDirectory } from "./paths.ts";

export interface Journal {
  readonly path: string;
  /** Length of the file in bytes. */
  readonly lengthBytes: number;
  /** Appends whole lines at once, without waiting for the disk. Throws if it cannot; nothing of them is in it then. */
  append(lines: string): void;
  /** Reads events from a byte offset up to the present end. */
  read(fromByte: number): AsyncGenerator<HitchEvent, void, undefined>;
  close(): void;
}

const readChunkBytes = 64 * 1024;

/** Where the journal of a run is. */
export function journalPath(runsDirectory: string, runId: string): string {
  return join(runsDirectory, runId, "events.jsonl");
}

/** Makes `<runsDirectory>/<runId>/events.jsonl`. Throws what the file system says. */
export function openJournal(runsDirectory: string, runId: string): Journal {
  const path = journalPath(runsDirectory, runId);
  makeDirectory(dirname(path));
  const descriptor = openSync(path, "ax", 0o600);
  let lengthBytes = 0;
  let open = true;
  return {
    path,
    get lengthBytes() {
      return lengthBytes;
    },
    append(lines) {
      const bytes = Buffer.from(lines);
      try {
        for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
      } catch (error) {
        // A full disk takes a part of a line.
        ftruncateSync(descriptor, lengthBytes);
        throw error;
      }
      lengthBytes += bytes.length;
    },
    read: (fromByte) => readEvents(path, fromByte, lengthBytes),
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

async function* readEvents(
  path: string,
  fromByte: number,
  toByte: number,
): AsyncGenerator<HitchEvent, void, undefined> {
  const splitter = splitLines();
  const buffer = Buffer.alloc(readChunkBytes);
  for (let position = fromByte; position < toByte;) {
    const chunk = buffer.subarray(0, toByte - position);
    const bytesRead = await readAt(path, chunk, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    for (const line of splitter.push(chunk.subarray(0, bytesRead))) yield JSON.parse(line.text) as HitchEvent;
  }
}

/** Nothing stays open in between: a reader may stop and never say so. */
async function readAt(path: string, buffer: Uint8Array, position: number): Promise<number> {
  const file = await open(path, "r");
  try {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    return bytesRead;
  } finally {
    await file.close();
  }
}
