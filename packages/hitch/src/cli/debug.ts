/** Whether the user wants to see what happens inside. */

/** `HITCH_DEBUG` is set, and neither empty nor `0` nor `false`. */
export function isDebugging(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return !["", "0", "false"].includes(env.HITCH_DEBUG ?? "");
}
