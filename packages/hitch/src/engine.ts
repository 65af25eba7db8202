/** What a run needs, loaded with the first one: `import "hitch"` costs next to nothing. */
import { providers } from "./providers/index.ts";

export { planRun } from "./run/plan.ts";
export { startRun } from "./run/run.ts";

/** The providers that come with Hitch. */
export const lookup = {
  find: (id: string) => providers.find((provider) => provider.id === id),
  ids: providers.map(({ id }) => id),
};
