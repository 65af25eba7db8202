/**
 * The run's end of an MCP server that is an agent's child: a socket in the run's scratch directory, and the command that
 * connects the agent to it. No port, and nobody but this user can reach it.
 */
import { closeSync, openSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StdioMcpServer } from "../../vocabulary/mcp.ts";
import { splitLines, type Line } from "../../vocabulary/lines.ts";

export interface ToolServer {
  /** Ends the present connections: whoever is at their other end belongs to an attempt that is over. */
  readonly disconnect: () => void;
  /** Ends them all. What is still asked is not answered. */
  readonly close: () => void;
}

/** What the agent is to start, for the server in this directory. */
export function toolServerIn(directory: string): StdioMcpServer {
  // An agent's variables may hold options for its own Node.
  const env = { NODE_OPTIONS: "" };
  return { command: process.execPath, args: [relayProgram(), join(directory, socketName)], env };
}

/**
 * Opens the server. `answer` is given each message, a line of JSON, and gives the reply; it never rejects.
 *
 * @throws what the system says if there can be no socket in `directory`.
 */
export async function openToolServer(
  directory: string,
  answer: (message: string) => Promise<string | undefined>,
): Promise<ToolServer> {
  const connections = new Set<Socket>();
  // A client may end its side before the answer to its last question is there.
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    serve(socket, answer);
  });
  const place = shorten(directory);
  try {
    await new Promise<void>((resolve, reject) => {
      // After listening too: a connection that could not be taken is no reason to end the host.
      listener.on("error", reject);
      listener.listen(join(place.directory, socketName), resolve);
    });
  } catch (error) {
    place.release();
    throw error;
  }
  const disconnect = (): void => {
    for (const socket of connections) socket.destroy();
  };
  return {
    disconnect,
    close() {
      disconnect();
      listener.close(place.release);
    },
  };
}

const socketName = "tool.sock";
const longestSocketPath = 103; // macOS; Linux has 107.

/** On Linux a directory with a long path can be named by a descriptor of it. */
function shorten(directory: string): { directory: string; release: () => void } {
  const isShort = Buffer.byteLength(join(directory, socketName)) <= longestSocketPath;
  if (isShort || process.platform !== "linux") return { directory, release: () => undefined };
  const descriptor = openSync(directory, "r");
  return { directory: `/proc/self/fd/${descriptor}`, release: () => closeSync(descriptor) };
}

function serve(socket: Socket, answer: (message: string) => Promise<string | undefined>): void {
  const splitter = splitLines();
  let open = 1;
  const finish = (): void => {
    if (--open === 0) socket.end();
  };
  // The agent may be killed at any time; its end is seen elsewhere.
  socket.on("error", () => undefined);
  socket.on("data", (bytes) => {
    for (const line of splitter.push(bytes)) void reply(line);
  });
  socket.on("end", finish);

  async function reply({ text, truncated }: Line): Promise<void> {
    // Of a message that is too long nobody knows what it asks: the agent sees the connection end rather than silence.
    if (truncated) return void socket.destroy();
    open++;
    const said = await answer(text);
    if (said !== undefined && socket.writable) socket.write(`${said}\n`);
    finish();
  }
}

/** Beside this file, and in the same language: TypeScript in the sources, JavaScript in the package. */
function relayProgram(): string {
  return fileURLToPath(import.meta.url).replace(/tool-server(\.[a-z]+)$/, "relay$1");
}
