/** The wall clock jumps. Deadlines, order and locks do not depend on it. */
import { across, verdicts, type Row } from "../row.ts";
import { jumpClock } from "../strikes.ts";

const dayMs = 24 * 3600 * 1000;
const goesOn = verdicts("completed", { "during kill": "cancelled" });

export const clocks: readonly Row[] = [
  ...across("the clock jumps a day ahead", { strike: jumpClock(dayMs), expected: "" }, goesOn),
  ...across("the clock jumps a day back", { strike: jumpClock(-dayMs), expected: "" }, goesOn),
];
