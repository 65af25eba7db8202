// The inner end of `gate.ts`: it runs in the sandbox and listens where the agent looks for an endpoint. It ends with the
// sandbox. Only Node's core: it starts with every agent.
import { connect, createServer } from "node:net";
import { joinSockets } from "./join-sockets.ts";

interface Place {
  readonly address: string;
  readonly port: number;
  readonly socket: string;
}

const [directory = "", places = "[]"] = process.argv.slice(2);
// A socket's path may have no more than 107 bytes; its name is always short enough.
process.chdir(directory);

for (const { address, port, socket } of JSON.parse(places) as readonly Place[]) {
  const listener = createServer({ allowHalfOpen: true }, (inner) => {
    joinSockets(inner, connect({ path: socket, allowHalfOpen: true }));
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(port, address, resolve);
  });
}
process.stdout.end("ready\n");
