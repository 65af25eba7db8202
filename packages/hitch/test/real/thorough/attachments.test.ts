/** Files that the caller attaches reach the model: texts as text, images as images. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { text } from "../../../src/testing/index.ts";
import { agents } from "../support/agents.ts";
import { freshPlace, runLibrary } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 300_000 });

/** One red pixel. */
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";

describe.concurrent.each(agents)("$id is given", (agent) => {
  const takesTexts = agent.id !== "codex";

  test.each(takesTexts ? ["a text and an image"] : [])("%s, beside an unchanged prompt", async () => {
    const place = freshPlace();
    const attachments = [join(place.cwd, "the notes.txt"), join(place.home, "pixel.png")] as const;
    writeFileSync(attachments[0], "Buy 42 lemons.\n");
    writeFileSync(attachments[1], Buffer.from(png, "base64"));
    const { finish, requests } = await runLibrary(agent, {
      place,
      prompt: "What is this?",
      turns: [text("A list and a pixel.")],
      options: { attachments },
    });
    expect(finish).toMatchObject({ status: "completed", result: { text: "A list and a pixel." } });
    const asked = requests[0];
    expect(asked?.messages.map((message) => message.text).join("\n")).toContain("Buy 42 lemons.");
    expect(asked?.lastUserText).toContain("What is this?");
    expect(asked?.rawBody.toString()).toContain("data:image/png;base64,");
  });

  test.each(takesTexts ? [] : ["an image"])("%s, beside an unchanged prompt, and nothing else", async () => {
    const place = freshPlace();
    const [image, notes] = [join(place.home, "a pixel.png"), join(place.cwd, "notes.txt")] as const;
    writeFileSync(image, Buffer.from(png, "base64"));
    writeFileSync(notes, "Buy 42 lemons.\n");
    const ask = (attachments: readonly string[]) =>
      runLibrary(agent, { place, prompt: "What is this?", turns: [text("A pixel.")], options: { attachments } });
    const { finish, requests } = await ask([image]);
    expect(finish).toMatchObject({ status: "completed", result: { text: "A pixel." } });
    expect(requests[0]?.lastUserText).toContain("What is this?");
    expect(requests[0]?.rawBody.toString()).toContain("data:image/png;base64,");
    const refused = await ask([image, notes]);
    expect(refused.finish.error).toMatchObject({
      code: "unsupported-option",
      option: "attachments",
      reason: "no-image",
    });
    expect(refused.requests).toEqual([]);
  });

  test("no file that is missing: nothing starts", async () => {
    const place = freshPlace();
    const attachments = [join(place.cwd, "missing.txt")];
    const { finish, requests } = await runLibrary(agent, { place, turns: [text("Hm.")], options: { attachments } });
    expect(finish.error).toMatchObject({ code: "invalid-options", option: "attachments" });
    expect(requests).toEqual([]);
  });
});
