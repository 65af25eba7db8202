/** The list of prices that comes with `@pydantic/genai-prices`. It is asked on this machine: nothing is fetched. */
import type { MatchLogic, ModelPrice } from "@pydantic/genai-prices";
import { isNamed, type Price, type PriceList } from "../policy/pricing.ts";

/**
 * Loads the list, which takes 50 ms of processor time once in a process, so only a run that needs an estimate does. Prices
 * are those of the day `at`.
 *
 * The library takes ids that begin like a model's for that model, and vendors whose name contains another's for that one. That
 * would be a guess, so what it finds has to bear the very name.
 */
export async function loadPriceList(at: Date): Promise<PriceList> {
  const { calcPrice, findProvider } = await import("@pydantic/genai-prices");
  return ({ vendor, id }) => {
    if (findProvider({ providerId: vendor })?.id !== vendor) return undefined;
    const found = calcPrice({}, id, { providerId: vendor, timestamp: at });
    if (found?.provider.id !== vendor || !isNamed(id, [found.model.id, ...namesIn(found.model.match)]))
      return undefined;
    const priceOf = (name: string): Price | undefined => readPrice(found.model_price[name]);
    const [input, output] = [priceOf("input_mtok"), priceOf("output_mtok")];
    if (input === undefined || output === undefined) return undefined;
    const [cacheRead, cacheWrite] = [priceOf("cache_read_mtok"), priceOf("cache_write_mtok")];
    return { input, output, ...(cacheRead && { cacheRead }), ...(cacheWrite && { cacheWrite }) };
  };
}

/** The whole names that a model of the list goes by. */
function namesIn(match: MatchLogic): readonly string[] {
  if ("or" in match) return match.or.flatMap(namesIn);
  if ("and" in match) return match.and.flatMap(namesIn);
  if ("equals" in match) return [match.equals];
  return "starts_with" in match ? [match.starts_with] : [];
}

function readPrice(price: ModelPrice[string]): Price | undefined {
  if (price === undefined) return undefined;
  if (typeof price === "number") return { usd: price };
  return { usd: price.base, tiers: price.tiers.map(({ start, price: usd }) => ({ above: start, usd })) };
}
