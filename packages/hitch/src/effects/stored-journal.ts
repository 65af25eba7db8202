/** Journals on disk, whoever writes them or wrote them: their lines, as far as they are whole. */
import { open, type FileHandle } from "node:fs/promises";
import { splitLines } from "../vocabulary/lines.ts";
import { watchForChanges } from "./watch-path.ts";

/** The outermost lines of a journal; `undefined` where no line is whole. */
export interface JournalEnds {
  /** When it was written to. Milliseconds since 1970. */
  readonly changedMs: number;
  readonly first: string | undefined;
  readonly last: string | undefined;
}

const pieceBytes = 64 * 1024;

/** How long a journal may be silent before a reader is told. */
const quietMs = 500;

/** Reads the first and the last line and nothing between. `undefined` if there is no journal. */
export async function readEnds(path: string): Promise<JournalEnds | undefined> {
  return withFile(path, async (file) => {
    const { size, mtimeMs } = await file.stat();
    return { changedMs: mtimeMs, first: await readFirst(file), last: await readLast(file, size) };
  });
}

/** Reads the lines up to the present end. */
export async function* readLines(path: string): AsyncGenerator<string, void, undefined> {
  const file = await open(path, "r");
  try {
    yield* readOn(file)();
  } finally {
    await file.close();
  }
}

/**
 * Gives the lines, and then each one as soon as it is written; `undefined` whenever nothing has come for half a second.
 * Ends only with the signal, or when its reader leaves.
 */
export async function* followLines(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<string | undefined, void, undefined> {
  const isOver = (): boolean => signal.aborted;
  const file = await open(path, "r");
  const changes = watchForChanges(path);
  try {
    const readMore = readOn(file);
    while (!isOver()) {
      for await (const line of readMore()) {
        yield line;
        if (isOver()) return;
      }
      const hasChanged = await changes.next(quietMs, signal);
      if (!hasChanged && !isOver()) yield undefined;
    }
  } finally {
    changes.close();
    await file.close();
  }
}

/** A reader that goes on where it stopped, a line begun included. */
function readOn(file: FileHandle): () => AsyncGenerator<string, void, undefined> {
  // Our own lines may be longer than what an agent may print: the last one repeats the whole answer.
  const splitter = splitLines(Infinity);
  const piece = Buffer.alloc(pieceBytes);
  let position = 0;
  return async function* () {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      for (const { text } of splitter.push(piece.subarray(0, bytesRead))) yield text;
    }
  };
}

async function readFirst(file: FileHandle): Promise<string | undefined> {
  for await (const line of readOn(file)()) return line;
  return undefined;
}

/** Reads from the end backwards, in growing pieces, until one holds a whole line. What follows the last line is half of one. */
async function readLast(file: FileHandle, size: number): Promise<string | undefined> {
  for (let length = pieceBytes; ; length *= 4) {
    const from = Math.max(0, size - length);
    const piece = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(piece, 0, piece.length, from);
    const end = piece.subarray(0, bytesRead).lastIndexOf(10);
    const start = end > 0 ? piece.lastIndexOf(10, end - 1) : -1;
    if (start !== -1 || (from === 0 && end !== -1)) return piece.toString("utf8", start + 1, end);
    if (from === 0) return undefined;
  }
}

async function withFile<Value>(path: string, use: (file: FileHandle) => Promise<Value>): Promise<Value | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
