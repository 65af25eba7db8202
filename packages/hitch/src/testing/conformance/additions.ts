/** What a caller hands over with the prompt: MCP servers and files. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { McpServer } from "../../vocabulary/mcp.ts";
import type { RecordedRequest } from "../mock-model/requests.ts";
import { text } from "../mock-model/turns.ts";
import { defineBehaviour, hold, type Behaviour } from "./behaviour.ts";
import { callServer } from "./model-words.ts";
import { holdCompleted } from "./ran.ts";

/** A server may start more slowly than the agent: the model tries again, as often as this. */
const mostTries = 40;

export const additionBehaviours = [
  defineBehaviour({
    id: "mcp-stdio",
    title: "uses the tool of an MCP server that the caller brings along, even where it may only read",
    async prove(bench) {
      const echoed = "from the server: one";
      const knows = (request: RecordedRequest) => request.messages.some(({ text: said }) => said.includes(echoed));
      const ran = await bench.run(
        {
          turns: (request, index) =>
            knows(request) || index >= mostTries
              ? text("Done.")
              : {
                  ...callServer(bench.subject, request, "ours", "echo", { text: "one" }),
                  delayMs: index === 0 ? 0 : 250,
                },
        },
        { options: { mcpServers: { ours: echoServer }, permissions: "read-only" } },
      );
      holdCompleted(ran, "Done.");
      const answers = ran.requests.at(-1)?.messages.filter(({ role }) => role === "tool");
      hold(ran.requests.some(knows), "The model should get the server's answer", answers);
    },
  }),
  attaches(
    "attachment-text",
    "gives its model a text that is attached",
    "the notes.txt",
    "Buy 42 lemons.\n",
    (request) => request.messages.some((message) => message.text.includes("Buy 42 lemons.")),
  ),
  attaches("attachment-image", "gives its model an image that is attached", "a pixel.png", onePixel(), (request) =>
    request.rawBody.includes(beginningOfPng),
  ),
];

/** Beside this file, and in the same language: TypeScript in the sources, JavaScript in the package. */
const language = import.meta.url.slice(import.meta.url.lastIndexOf("."));

const echoServer: McpServer = {
  command: process.execPath,
  args: [fileURLToPath(new URL(`echo-server${language}`, import.meta.url))],
  env: { ECHO_PREFIX: "from the server: " },
};

function attaches(
  id: string,
  title: string,
  name: string,
  content: string | Buffer,
  isIn: (request: RecordedRequest) => boolean,
): Behaviour {
  return defineBehaviour({
    id,
    title,
    async prove(bench) {
      await using stage = await bench.stage({ turns: [text("Seen.")] });
      const path = join(stage.place.cwd, name);
      writeFileSync(path, content);
      const ran = await stage.run({ prompt: "What is this?", options: { attachments: [path] } });
      holdCompleted(ran, "Seen.");
      const [asked] = ran.requests;
      hold(asked !== undefined && isIn(asked), "The model should receive the file", asked?.messages);
      hold(
        asked.lastUserText?.includes("What is this?") === true,
        "The prompt should be there too",
        asked.lastUserText,
      );
    },
  });
}

/** In base 64. Agents may write the image anew. */
const beginningOfPng = "iVBORw0KGgo";

function onePixel(): Buffer {
  const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";
  return Buffer.from(png, "base64");
}
