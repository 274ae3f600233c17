import type { SessionSummary } from "../../trace/summary.ts";
import { dollars } from "./figures.ts";
import { oneLine } from "./hostile-text.ts";

type Costs = Pick<SessionSummary, "cost" | "estimated" | "unpriced">;

/** Whether anything can be said of what it cost. */
export const hasCost = ({ cost, unpriced }: Costs): boolean => cost !== undefined || (unpriced?.length ?? 0) > 0;

/** "$0.042"; with "≈" where list prices had to be taken, and "+" where a model's price is unknown. The title says which. */
export function Cost({ summary }: { summary: Costs }) {
  const { cost, estimated = 0, unpriced = [] } = summary;
  if (!hasCost(summary)) return <span>–</span>;
  return (
    <span title={costTitle(summary)}>
      {cost === undefined ? (
        <span class="muted">unpriced</span>
      ) : (
        `${estimated > 0 ? "≈\u202f" : ""}${dollars(cost)}${unpriced.length > 0 ? "\u202f+" : ""}`
      )}
    </span>
  );
}

/** Where the figure comes from, and what is not in it. */
export function costTitle({ cost, estimated = 0, unpriced = [] }: Costs): string {
  const sources =
    cost === undefined
      ? []
      : estimated > 0
        ? [`${dollars(estimated)} of it estimated from list prices`]
        : ["As its spans say"];
  const without = unpriced.length === 0 ? [] : [`No price is known for ${oneLine(unpriced.join(", "))}`];
  return [...sources, ...without].join(". ");
}
