import { dollars } from "../../lib/figures.ts";
import { costText, hasCost, type Costs } from "../../session/cost-text.ts";
import { oneLine } from "./untrusted-text.tsx";

/** The cost. The title names the sources of the figure. */
export function Cost({ summary }: { summary: Costs }) {
  if (!hasCost(summary)) return <span>{costText(summary)}</span>;
  return (
    <span title={costTitle(summary)}>
      {summary.cost === undefined ? <span class="muted">{costText(summary)}</span> : costText(summary)}
    </span>
  );
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
