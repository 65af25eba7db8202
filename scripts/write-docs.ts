/** `npm run docs`: writes the pages that are made from the sources. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPages } from "./providers-page.ts";
import { root } from "./repository.js";

for (const [path, text] of Object.entries(await buildPages())) writeFileSync(join(root, path), text);
