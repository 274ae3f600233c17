import { dollars, isShownInDollars } from "../lib/figures.ts";
import type { Locale } from "../lib/figures.ts";
import type { SessionSummary } from "./summary.ts";

/** US dollars. */
export type Costs = Pick<SessionSummary, "cost" | "estimated" | "unpriced">;

/** Whether a cost or an unpriced model is known. */
export const hasCost = ({ cost, unpriced }: Costs): boolean => cost !== undefined || (unpriced?.length ?? 0) > 0;

/** "$0.042", "unpriced", or "–"; as {@link knownCostText}. */
export function costText(summary: Costs): string {
  const { cost, estimated = 0, unpriced = [] } = summary;
  if (cost === undefined) return hasCost(summary) ? "unpriced" : "–";
  return knownCostText({ cost, estimated, unpriced: unpriced.length });
}

type KnownCost = { readonly cost: number; readonly estimated: number; readonly unpriced: number };

/** "$0.042"; with "≈" if part of it is estimated from list prices, and "+" if the price of a model or call is unknown. */
export function knownCostText({ cost, estimated, unpriced }: KnownCost, locale?: Locale): string {
  const about = estimated > 0 && isShownInDollars(cost) ? "≈\u202f" : "";
  return `${about}${dollars(cost, locale)}${unpriced > 0 ? "\u202f+" : ""}`;
}
