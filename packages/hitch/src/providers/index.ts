/** The agents that Hitch knows. */
import type { Provider } from "../provider.ts";
import { codex } from "./codex.ts";
import { opencode } from "./opencode.ts";
import { pi } from "./pi.ts";

export const providers: readonly Provider[] = [opencode, pi, codex];
