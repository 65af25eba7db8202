/**
 * What Qwen Code 0.24.4 prints, as Claude Code would have printed it.
 *
 * It counts what was read from a cache as input too; the pieces of a message have no counts; a block is told as a whole
 * after its end, with an id of its own; and what it says itself about a failure is streamed like an answer.
 */
import { asObject, at, numberAt, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { isFailureText } from "./qwen-failure.ts";

/** Gives the lines that stand for one of Qwen Code's: for some there is none, or only when the next one comes. */
type Translate = (text: string) => readonly string[];

export function createTranslator(): Translate {
  /** The beginning of a message, until its first piece tells whose words these are. */
  let opening: string[] = [];
  /** The end of a block, until the block has been told. */
  let closing: string[] = [];
  let messageId: string | undefined;
  let isFailing = false;

  const release = (...lines: readonly string[]): readonly string[] => {
    const released = [...opening, ...closing, ...lines];
    opening = [];
    closing = [];
    return released;
  };

  const translatePiece = (event: unknown, text: string): readonly string[] => {
    switch (stringAt(event, "type")) {
      case "message_start":
        messageId = stringAt(event, "message", "id");
        isFailing = false;
        opening = [text];
        return [];
      case "content_block_start":
        if (opening.length === 0) break;
        opening.push(text);
        return [];
      case "content_block_delta":
        if (opening.length === 0 || !isFailureText(stringAt(event, "delta", "text"))) break;
        isFailing = true;
        opening = [];
        return [];
      case "content_block_stop":
        if (isFailing) return [];
        closing = [text];
        return [];
      default:
        break;
    }
    return isFailing ? [] : release(text);
  };

  const translateMessage = (line: JsonObject): readonly string[] => {
    const message = { ...asObject(line["message"]), usage: plainCounts(at(line, "message", "usage")) };
    if (isFailing || messageId === undefined) return release(JSON.stringify({ ...line, message }));
    const event = { type: "message_delta", usage: message.usage };
    const counts = JSON.stringify({ type: "stream_event", event });
    const told = JSON.stringify({ ...line, message: { ...message, id: messageId } });
    const stop = closing;
    closing = [];
    return release(counts, told, ...stop);
  };

  return (text) => {
    const line = parseObject(text);
    const isMain = stringAt(line, "parent_tool_use_id") === undefined;
    if (line?.["type"] === "stream_event" && isMain) return translatePiece(line["event"], text);
    if (line?.["type"] === "assistant" && isMain) return translateMessage(line);
    return release(text);
  };
}

/** Its input contains what was read from a cache. */
export function plainCounts(usage: unknown): JsonObject {
  const cached = numberAt(usage, "cache_read_input_tokens") ?? 0;
  const input = numberAt(usage, "input_tokens");
  return { ...asObject(usage), ...(input !== undefined && { input_tokens: Math.max(0, input - cached) }) };
}
