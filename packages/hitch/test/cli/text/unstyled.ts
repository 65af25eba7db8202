import type { Style } from "../../../src/cli/text/style.ts";

/** No colours at all. */
export const unstyled: Style = (_look, text) => text;
