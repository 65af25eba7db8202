/** One process, on one line. */
import { fit, toOneLine } from "./cells.ts";

/** Commands can be very long, and where there is no terminal nothing else cuts them. */
const longest = 120;

export function formatProcess(
  { pid, command }: { readonly pid: number; readonly command: string },
  columns: number,
): string {
  return fit(`  ${pid} ${toOneLine(command)}`, Math.min(columns, longest));
}
