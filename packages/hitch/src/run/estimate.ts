/** What an attempt cost, if its agent does not tell. */
import { estimateCost, mayEstimate, type PriceList, type Spent } from "../policy/pricing.ts";
import type { Provider } from "../provider.ts";
import type { Cost } from "../vocabulary/usage.ts";
import { loadPriceList } from "./price-list.ts";

/**
 * Gives the estimate of a cost; the list of prices is loaded when there is something to look up. A list that cannot be
 * used costs no run its result: the cost is then unknown, with a warning.
 */
export function estimateLater(
  { capabilities }: Provider,
  onWarning: (message: string) => void,
  load: (at: Date) => Promise<PriceList> = loadPriceList,
): (spent: readonly Spent[]) => Promise<Cost> {
  const { vendor } = capabilities.options.model;
  return async (spent) => {
    if (!mayEstimate(spent, vendor)) return { source: "unknown" };
    try {
      return estimateCost(spent, vendor, await load(new Date()));
    } catch (error) {
      onWarning(`the cost is unknown, since the list of prices cannot be used: ${String(error)}`);
      return { source: "unknown" };
    }
  };
}
