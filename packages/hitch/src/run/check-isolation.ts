/** Which configuration, login and environment of the user's counts. */
import type { Provider } from "../provider.ts";
import { add, checkWord, refuse, type Findings } from "./check.ts";

/** Never lenient: who asks for a private home does not want the user's own. */
export function checkIsolation(
  findings: Findings,
  { id, agent, capabilities }: Provider,
  given: unknown,
  env: Readonly<Record<string, string | undefined>>,
): "inherit" | "clean" {
  const isolation = checkWord(findings, "isolation", given, ["inherit", "clean"]) ?? "inherit";
  if (isolation === "inherit") return isolation;
  if (capabilities.options.clean !== true) {
    const message = `isolation: ${id} cannot be kept from the user's and the repository's configuration`;
    add(findings, { code: "unsupported-option", option: "isolation", reason: "unsupported", message });
  }
  const places = ["HOME", agent.home?.env, ...(agent.keeps ?? []).map((place) => place.env)];
  for (const name of new Set(places)) {
    if (name === undefined || env[name] === undefined) continue;
    const message = `env.${name} names a place outside of the private home that isolation "clean" gives`;
    refuse(findings, `env.${name}`, "contradiction", message);
  }
  return isolation;
}
