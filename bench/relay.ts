/** What the program costs that an agent starts to submit a value: it connects, calls the tool once, and ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openToolServer, toolServerIn } from "../packages/hitch/src/effects/tool-server/tool-server.ts";
import { createSubmitTool } from "../packages/hitch/src/output/submit-tool.ts";
import { compare, type Measured } from "./measure.ts";

export async function benchRelay(times: number): Promise<Record<"empty" | "relay", readonly Measured[]>> {
  const directory = mkdtempSync(join(tmpdir(), "hitch-bench-"));
  let taken = 0;
  const submit = () => {
    taken++;
    return Promise.resolve({ accepted: true } as const);
  };
  const tool = createSubmitTool({ inputSchema: { type: "object" }, submit });
  const server = await openToolServer(directory, (message) => tool.answer(message));
  const { args: [, socket = ""] = [], env = {} } = toolServerIn(directory);
  // As agents start it: the program of the package, not of the sources.
  const program = fileURLToPath(new URL("effects/tool-server/relay.js", import.meta.resolve("hitch")));
  const stdin = messages.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`).join("");
  try {
    const all = await compare(
      {
        empty: () => ({ args: [process.execPath, "-e", ""], env }),
        relay: () => ({ args: [process.execPath, program, socket], env, stdin }),
      },
      times,
    );
    const answered = all.relay.filter(({ stdout }) => stdout.includes('"id":3')).length;
    if (taken !== times || answered !== times)
      throw new Error(`of ${times} values ${taken} came, ${answered} were answered`);
    return all;
  } finally {
    server.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

const clientInfo = { name: "bench", version: "1.0.0" };

const messages = [
  { id: 1, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo } },
  { method: "notifications/initialized" },
  { id: 2, method: "tools/list" },
  { id: 3, method: "tools/call", params: { name: "submit_output", arguments: { answer: "42" } } },
];
