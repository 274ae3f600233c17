import type { SessionSummary } from "../../session/summary.ts";
import { dollars, isShownInDollars } from "../../lib/figures.ts";
import { oneLine } from "./untrusted-text.tsx";

type Costs = Pick<SessionSummary, "cost" | "estimated" | "unpriced">;

/** Whether a cost or an unpriced model is known. */
export const hasCost = ({ cost, unpriced }: Costs): boolean => cost !== undefined || (unpriced?.length ?? 0) > 0;

/** The cost. The title names the sources of the figure. */
export function Cost({ summary }: { summary: Costs }) {
  if (!hasCost(summary)) return <span>{costText(summary)}</span>;
  return (
    <span title={costTitle(summary)}>
      {summary.cost === undefined ? <span class="muted">{costText(summary)}</span> : costText(summary)}
    </span>
  );
}

/** "$0.042"; with "≈" if part of it is estimated from list prices, and "+" if a model's price is unknown. */
export function costText(summary: Costs): string {
  const { cost, estimated = 0, unpriced = [] } = summary;
  if (cost === undefined) return hasCost(summary) ? "unpriced" : "–";
  const about = estimated > 0 && isShownInDollars(cost) ? "≈\u202f" : "";
  return `${about}${dollars(cost)}${unpriced.length > 0 ? "\u202f+" : ""}`;
}

/** The sources of the figure, and the models that it leaves out. */
export function costTitle({ cost, estimated = 0, unpriced = [] }: Costs): string {
  const sources =
    cost === undefined
      ? []
      : estimated > 0
        ? [`${dollars(estimated)} of it estimated from list prices`]
        : ["Reported by the spans"];
  const without = unpriced.length === 0 ? [] : [`No price is known for ${oneLine(unpriced.join(", "))}`];
  return [...sources, ...without].join(". ");
}
