/**
 * How much is tested: `quick` is `npm test`; `thorough` is CI (`npm test -- --thorough`), with what takes many starts of a
 * slow agent; `all` is `npm run test:all`, every test on every agent.
 */
export type Tier = "quick" | "thorough" | "all";

const tiers: readonly Tier[] = ["quick", "thorough", "all"];

/** The tier of this run: `HITCH_TEST_TIER`, by default `quick`. */
export const tier: Tier = tiers.find((name) => name === process.env.HITCH_TEST_TIER) ?? "quick";

export const isThorough = tier !== "quick";
