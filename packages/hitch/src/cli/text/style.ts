/** Colours and weights, only where the terminal and the user (`NO_COLOR`, `FORCE_COLOR`) want them. */
import { styleText } from "node:util";

/** Gives a text a look such as `"dim"`, or leaves it as it is. */
export type Style = (look: "bold" | "dim" | "red" | "green" | "yellow" | "cyan", text: string) => string;

/** The style for what is written to this stream. */
export function styleFor(stream: NodeJS.WritableStream): Style {
  return (look, text) => styleText(look, text, { stream });
}
