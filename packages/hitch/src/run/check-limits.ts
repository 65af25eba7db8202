/** What the run may spend, and whether anybody can see to it. */
import type { Provider } from "../provider.ts";
import { limitKinds, type LimitKind, type Limits, type LimitSupport } from "../vocabulary/limits.ts";
import { checkKeys, refuse, refuseUnsupported, show, type Findings } from "./check.ts";

/** The limits that the provider's agent can be held to. */
export function checkLimits(findings: Findings, lenient: boolean, provider: Provider, given: unknown): Limits {
  const asked = checkKeys(findings, "limits", given, limitKinds);
  const kept = limitKinds.flatMap((kind) => {
    const amount = checkAmount(findings, kind, asked[kind]);
    if (amount === undefined) return [];
    const reason = reasons[provider.capabilities.limits[kind]];
    if (reason === undefined) return [[kind, amount] as const];
    const message = `limits.${kind}: ${provider.id} ${reason}`;
    refuseUnsupported(findings, lenient, `limits.${kind}`, message, suggestOthers(provider));
    return [];
  });
  return Object.fromEntries(kept);
}

/** Of those who cannot keep a limit. */
const reasons: Readonly<Partial<Record<LimitSupport, string>>> = {
  end: "tells only at its end what it took, so nothing could end it in time",
  none: "does not tell what it took, so nothing could end it",
};

function checkAmount(findings: Findings, kind: LimitKind, amount: unknown): number | undefined {
  if (amount === undefined) return undefined;
  const isWhole = kind !== "usd";
  const isRight = typeof amount === "number" && (isWhole ? Number.isSafeInteger(amount) : Number.isFinite(amount));
  if (isRight && amount > 0) return amount;
  const wanted = isWhole ? "a whole number from 1" : "a number above 0";
  refuse(findings, `limits.${kind}`, "wrong-value", `limits.${kind}: ${show(amount)} is not ${wanted}`);
  return undefined;
}

function suggestOthers({ id, capabilities }: Provider): string {
  const kept = limitKinds.filter((kind) => reasons[capabilities.limits[kind]] === undefined);
  const others = [...kept.map((kind) => `\`limits.${kind}\``), "`timeouts.total`"].join(" and ");
  return `${id} can be held to ${others}. Or choose another provider, or pass \`lenient\` and go on without the limit.`;
}
