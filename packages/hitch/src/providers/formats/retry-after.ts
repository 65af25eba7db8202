/** How long a server asks to wait. */

/**
 * Reads `retry-after-ms` and `retry-after`, in milliseconds. `header` gives a header by its lower-case name. A date is
 * measured from the response's own `date`, so no clock is needed.
 */
export function readRetryAfter(header: (name: string) => string | undefined): number | undefined {
  const milliseconds = Number.parseFloat(header("retry-after-ms") ?? "");
  if (milliseconds >= 0) return milliseconds;
  const after = header("retry-after");
  if (after === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(after)) return Number(after) * 1000;
  const wait = Date.parse(after) - Date.parse(header("date") ?? "");
  return wait >= 0 ? wait : undefined;
}
