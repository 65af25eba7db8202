/** The environment of an agent in a home of its own: nothing of the caller's but what every program of this machine needs. */
import { mergeEnvironment, type EnvironmentParts } from "./environment.ts";

/** Variables that are handed on. `*` at the end stands for any ending. */
const common = [
  ...["PATH", "SHELL", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LC_*"],
  ...["TERM", "COLORTERM", "NO_COLOR"],
];

/** Whom to trust: not what a path that is not absolute finds in the repository. */
const certificates = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/** How the network is reached. Handed on unless there is a password in it. */
const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

/** `home` becomes `HOME`. Logins, endpoints and keys are there only if `added` has them. */
export function buildCleanEnvironment(parts: EnvironmentParts & { readonly home: string }): Record<string, string> {
  const { inherited, cwd, home, added } = parts;
  const kept = Object.entries(inherited).filter(
    ([name, value]) =>
      isCommon(name) || isProxy(name, value) || (certificates.includes(name) && value?.startsWith("/")),
  );
  return mergeEnvironment(mergeEnvironment({}, Object.fromEntries(kept)), { PWD: cwd, ...added, HOME: home });
}

function isCommon(name: string): boolean {
  return common.some((known) => (known.endsWith("*") ? name.startsWith(known.slice(0, -1)) : name === known));
}

/** Programs look for them in both cases. */
function isProxy(name: string, value = ""): boolean {
  return proxies.includes(name.toUpperCase()) && !value.includes("@");
}
