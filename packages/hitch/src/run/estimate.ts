/** What an attempt cost, if its agent does not tell. */
import { estimateCost, mayEstimate, type Spent } from "../policy/pricing.ts";
import type { Provider } from "../provider.ts";
import type { Cost } from "../vocabulary/usage.ts";
import { loadPriceList } from "./price-list.ts";

/** Gives the estimate of a cost; the list of prices is loaded when there is something to look up. */
export function estimateLater({ capabilities }: Provider): (spent: readonly Spent[]) => Promise<Cost> {
  const { vendor } = capabilities.options.model;
  return async (spent) => {
    if (!mayEstimate(spent, vendor)) return { source: "unknown" };
    return estimateCost(spent, vendor, await loadPriceList(new Date()));
  };
}
