/** Which agent to take when nobody said. */
import { resolveExecutable, StartError } from "../effects/process/index.ts";
import type { Provider } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";

/**
 * The only provider whose agent is on `path`.
 *
 * @throws HarnessError `invalid-options` if there are several, `executable-not-found` if there is none.
 */
export function chooseInstalled(all: readonly Provider[], cwd: string, path: string | undefined): Provider {
  // Not one whose agent is for the caller to choose.
  const providers = all.filter(({ agent }) => agent.launch.length > 0);
  const installed = providers.filter(({ agent }) => agent.launch.some(({ name }) => isThere(name, cwd, path)));
  const [only, ...others] = installed;
  if (only === undefined) {
    throw new HarnessError({
      code: "executable-not-found",
      option: "provider",
      message: `no agent is installed; known: ${namesOf(providers)}`,
      hint: `Install one, as in: ${providers.map(({ agent }) => agent.install).join("; or: ")}`,
    });
  }
  if (others.length === 0) return only;
  throw new HarnessError({
    code: "invalid-options",
    option: "provider",
    reason: "missing",
    message: `several agents are installed: ${namesOf(installed)}`,
    hint: `Choose one with --provider or HITCH_PROVIDER.`,
  });
}

function isThere(name: string, cwd: string, path: string | undefined): boolean {
  try {
    resolveExecutable(name, cwd, path);
    return true;
  } catch (error) {
    if (error instanceof StartError) return false;
    throw error;
  }
}

function namesOf(providers: readonly Provider[]): string {
  return providers.map(({ id }) => id).join(", ");
}
