/** The disk of the state directory, or the host's limits, give no more; or the directory can't be written. */
import { normalUser } from "../abilities.ts";
import { across, verdicts, type Row } from "../row.ts";
import { fillDisk, limit, makeReadOnly } from "../strikes.ts";

const goesOn = verdicts("completed", { "during kill": "cancelled" });

export const disks: readonly Row[] = [
  ...across("the disk is full", { strike: fillDisk, around: { ownDisk: true }, expected: "" }, goesOn),
  ...across("no file may grow (EFBIG)", { strike: limit("fsize", 1), expected: "" }, goesOn),
  ...across("no descriptors left", { strike: limit("nofile", 4), isSweptLater: true, expected: "" }, goesOn),
  ...across(
    "no processes left",
    { strike: limit("nproc", 1, normalUser?.words), around: { normalUser: true }, expected: "" },
    goesOn,
  ),
  ...across(
    "the state directory is read-only",
    { strike: makeReadOnly, around: { normalUser: true }, isSweptLater: true, expected: "" },
    goesOn,
  ),
];
