/** What all rows of one run have in common. Imported first: what the machine can do is found out with this PATH. */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { copyBubblewrap } from "../support/bubblewrap.ts";
import { describeTestRun } from "../support/test-run.ts";

const { HITCH_TEST_RUN = "", HITCH_AGENTS_BIN = "", PATH = "" } = describeTestRun();

/** What a process of this run is recognised by, in its environment. */
export const run = HITCH_TEST_RUN;

/** The directory of the run, which other users may enter. */
export const root = realpathSync(mkdtempSync(join(tmpdir(), "hitch-faults-")));

const bin = join(root, "bin");
mkdirSync(bin);
for (const path of [root, bin]) chmodSync(path, 0o755);
process.env.HITCH_AGENTS_BIN ??= HITCH_AGENTS_BIN;
copyBubblewrap(bin);
process.env.PATH = `${bin}${delimiter}${PATH}`;
