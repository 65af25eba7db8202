import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A URL of this machine on which nothing listens: a connection to it is refused at once. Its port is below those that
 * systems give to whoever asks for any, so that no server which starts afterwards gets it by chance.
 */
export async function refusedUrl(): Promise<string> {
  for (;;) {
    const port = lowestPort + Math.floor(Math.random() * portCount);
    if (await isFree(port)) return `http://127.0.0.1:${port}`;
  }
}

const lowestPort = 20_000;
const portCount = 10_000;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  if (!isListening) return false;
  server.close();
  await once(server, "close");
  return true;
}
