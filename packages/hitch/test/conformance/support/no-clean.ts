/** The behaviours of isolation `clean`, as exceptions of an agent that cannot be kept from what a repository configures. */
export function noClean(reason: string): Readonly<Record<string, string>> {
  return { "clean-home": reason, "clean-session": reason, "clean-repository": reason };
}
