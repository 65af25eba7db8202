/** What a run needs, loaded with the first one: `import "hitch"` costs next to nothing. */
import { findProvider, providerIds } from "./providers/index.ts";

export { planRun } from "./run/plan.ts";
export { startRun } from "./run/run.ts";

/** The providers that come with Hitch. */
export const lookup = {
  find: findProvider,
  ids: providerIds,
};
