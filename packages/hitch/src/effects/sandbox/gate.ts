/**
 * The way out of a sandbox without network: for each endpoint a socket in the run's scratch directory, which leads there and
 * nowhere else. In the sandbox `relay.ts` listens in the endpoint's place.
 */
import { closeSync, openSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { StandIn } from "../../policy/sandbox-network.ts";
import { joinSockets } from "./join-sockets.ts";

export interface Gate {
  /** The words between the sandbox's and the agent's: they start the relay, wait until it listens, and become the agent. */
  readonly words: readonly string[];
  /** Ends all connections. */
  readonly close: () => void;
}

/** Opens the sockets. Rejects with what the system says if there can be none in `directory`. */
export async function openGate(directory: string, standIns: readonly StandIn[]): Promise<Gate> {
  // A socket's path may have no more than 107 bytes.
  const descriptor = openSync(directory, "r");
  const sockets = new Set<Socket>();
  const listeners: Server[] = [];
  const close = (): void => {
    for (const listener of listeners) listener.close();
    for (const socket of sockets) socket.destroy();
    closeSync(descriptor);
  };
  try {
    for (const [index, standIn] of standIns.entries()) {
      const listener = createServer({ allowHalfOpen: true }, (inner) => {
        const outer = connect({ host: standIn.host, port: standIn.port, allowHalfOpen: true });
        for (const socket of [inner, outer]) {
          sockets.add(socket);
          socket.on("close", () => sockets.delete(socket));
        }
        joinSockets(inner, outer);
      });
      listeners.push(listener);
      await listen(listener, `/proc/self/fd/${descriptor}/${socketName(index)}`);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { words: relayWords(directory, standIns), close };
}

function relayWords(directory: string, standIns: readonly StandIn[]): readonly string[] {
  const places = standIns.map(({ address, port }, index) => ({ address, port, socket: socketName(index) }));
  const relay = [process.execPath, relayProgram(), directory, JSON.stringify(places)];
  return ["/bin/sh", "-c", startRelay, `${directory}/relay-ready`, ...relay];
}

/** A process that is no child of the agent's: the agent would not collect it. An agent's variables may be for its own Node. */
const startRelay = [
  'rm -f "$0" && mkfifo "$0" || exit 125',
  '(NODE_OPTIONS= "$1" "$2" "$3" "$4" >"$0" &)',
  'read -r answer <"$0" && rm -f "$0" || { echo "hitch: the relay of the sandbox did not start" >&2; exit 125; }',
  "unset answer; shift 4",
  'exec "$@"',
].join("\n");

/** Beside this file, and in the same language: TypeScript in the sources, JavaScript in the package. */
function relayProgram(): string {
  return fileURLToPath(import.meta.url).replace(/gate(\.[a-z]+)$/, "relay$1");
}

function socketName(index: number): string {
  return `gate-${index}.sock`;
}

function listen(listener: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // After listening too: a connection that could not be taken is no reason to end the host.
    listener.on("error", reject);
    listener.listen(path, resolve);
  });
}
