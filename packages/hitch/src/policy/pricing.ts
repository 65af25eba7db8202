/** What tokens cost by a list of prices: an estimate, for agents that tell tokens but no money. */
import type { Cost, Usage } from "../vocabulary/usage.ts";

/** Tokens that were spent together, and whose they are as far as anybody said. */
export interface Spent {
  /** The model's id, in the form that callers give it. */
  readonly model?: string;
  readonly usage?: Usage;
  /** They are of one call of the model, not of several. */
  readonly isOneCall: boolean;
}

/** A model as price lists name it. */
export interface ListedModel {
  readonly vendor: string;
  readonly id: string;
}

/** What a vendor takes for a model's tokens. */
export interface Prices {
  readonly input: Price;
  readonly output: Price;
  readonly cacheRead?: Price;
  readonly cacheWrite?: Price;
}

export interface Price {
  /** US dollars for a million tokens. */
  readonly usd: number;
  /** Other prices for calls with long prompts, ascending: each holds for prompts of more than `above` tokens. */
  readonly tiers?: readonly { readonly above: number; readonly usd: number }[];
}

/** Finds the list prices of a model; undefined if it is not on the list. */
export type PriceList = (model: ListedModel) => Prices | undefined;

/** Estimates the cost of all that was spent. It is unknown as soon as a part of it is: of no known model, price or usage. */
export function estimateCost(spent: readonly Spent[], vendor: string | undefined, findPrices: PriceList): Cost {
  const parts = spent.map(({ model, usage, isOneCall }) => {
    const listed = model === undefined ? undefined : nameListed(model, vendor);
    const prices = listed && findPrices(listed);
    return prices && usage && priceUsage(usage, prices, isOneCall);
  });
  const usd = parts.reduce<number>((sum, part) => sum + (part ?? Number.NaN), 0);
  return usd > 0 ? { usd, source: "estimated" } : { source: "unknown" };
}

/** Whether an estimate is possible at all, before a list of prices is loaded for it. */
export function mayEstimate(spent: readonly Spent[], vendor: string | undefined): boolean {
  return (
    spent.length > 0 && spent.every(({ model, usage }) => usage && model !== undefined && nameListed(model, vendor))
  );
}

/** Reads `vendor/id`, unless it is known whose models an agent uses. Of a router the id has a vendor of its own. */
export function nameListed(model: string, vendor: string | undefined): ListedModel | undefined {
  if (vendor !== undefined) return { vendor, id: model };
  const [, prefix, id] = /^([^/]+)\/(.+)$/s.exec(model) ?? [];
  return prefix === undefined || id === undefined ? undefined : { vendor: prefix, id };
}

/** Whether an id is one of these names, or one of them with the date of a release. A name that only begins alike is another model. */
export function isNamed(id: string, names: readonly string[]): boolean {
  const undated = (name: string): string => name.toLowerCase().replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2})$/, "");
  return names.some((name) => undated(name) === undated(id));
}

/**
 * The price of a usage in US dollars; undefined if it does not say what went in and what came out.
 *
 * Reasoning costs what output costs. What is read from or written to a cache costs what input costs, unless the list says
 * otherwise. A tier counts for a call whose prompt is that long; how several calls were is unknown, so they have none.
 */
export function priceUsage(usage: Usage, prices: Prices, isOneCall: boolean): number | undefined {
  const { inputTokens, outputTokens, reasoningTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const { input, output, cacheRead = input, cacheWrite = input } = prices;
  const promptTokens = inputTokens + cacheReadTokens + cacheWriteTokens;
  const per = ({ usd, tiers = [] }: Price): number =>
    (isOneCall ? tiers.findLast(({ above }) => promptTokens > above)?.usd : undefined) ?? usd;
  const microdollars =
    inputTokens * per(input) +
    cacheReadTokens * per(cacheRead) +
    cacheWriteTokens * per(cacheWrite) +
    (outputTokens + reasoningTokens) * per(output);
  return microdollars / 1_000_000;
}
