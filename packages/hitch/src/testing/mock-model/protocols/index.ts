import { anthropic } from "./anthropic.ts";
import { chat } from "./chat.ts";
import { gemini } from "./gemini.ts";
import type { Protocol } from "./protocol.ts";
import { responses } from "./responses.ts";

/** Every protocol that the mock model speaks. */
export const protocols: readonly Protocol[] = [chat, responses, anthropic, gemini];
