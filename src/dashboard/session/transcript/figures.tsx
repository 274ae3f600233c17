import type { ReadonlySignal } from "@preact/signals";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { costsOf as dollarsOf, type Usage } from "../../../session/row-usage.ts";
import { counted, duration, shortCount, ticking } from "../../../lib/figures.ts";
import { costText } from "../../../session/cost-text.ts";
import { costTitle } from "../../ui/cost.tsx";
import { toMillis } from "../../ui/moments.ts";
import type { SessionClock } from "../reading-props.ts";
import { type TimeScale } from "../timeline/time-scale.ts";
import { isOutside, place } from "../timeline/bar-place.ts";

/** As the page writes costs; "" without any. */
export function costsOf(usage: Usage | undefined): { readonly text: string; readonly title: string } {
  if (usage === undefined) return { text: "", title: "" };
  const { unpriced, ...sums } = dollarsOf(usage);
  if (sums.cost === undefined && unpriced === 0) return { text: "", title: "" };
  const costs = { estimated: 0, ...sums, unpriced: unpriced === 0 ? [] : [counted(unpriced, "call")] };
  return { text: costText(costs), title: costTitle(costs) };
}

export function tokensOf(usage: Usage | undefined): { readonly text: string; readonly title: string } {
  if (usage === undefined) return { text: "", title: "" };
  const { input, output } = usage.tokens;
  if (input + output === 0) return { text: "", title: "" };
  return {
    text: `${shortCount(input + output)}\u00a0tok`,
    title: `${shortCount(input)} in, ${shortCount(output)} out`,
  };
}

/** How long a step took. That of a running one ticks. */
export const Duration = ({ node, clock }: { readonly node: TreeNode; readonly clock: SessionClock }) =>
  node.running ? <RunningTime start={node.start} clock={clock} /> : <>{duration(node.end - node.start)}</>;

/** The only part of a running step that is drawn again each second. */
export function RunningTime({ start, clock }: { readonly start: bigint; readonly clock: SessionClock }) {
  const now = clock.counted.value;
  return <>{now === undefined ? "open" : ticking(now - toMillis(start))}</>;
}

type BarProps = {
  readonly node: TreeNode;
  /** It moves with each batch of a live session: only the bar is drawn again. */
  readonly scale: ReadonlySignal<TimeScale>;
  readonly clock: SessionClock;
};

/** When a step ran. */
export const Bar = (props: BarProps) =>
  props.node.running ? <RunningBar {...props} /> : <DrawnBar {...props} end={props.node.end} />;

const RunningBar = (props: BarProps) => <DrawnBar {...props} end={props.clock.drawn.value} />;

function DrawnBar({ node, scale: { value: scale }, end }: BarProps & { readonly end: bigint }) {
  if (isOutside(scale, node.start, end)) return null;
  const { left, width } = place(scale, node.start, end);
  const kind = node.span?.facts.kind ?? "internal";
  return (
    <span
      class={`step-bar kind-${kind}${node.error ? " failed" : ""}${node.running ? " running" : ""}`}
      style={{ left: `min(${left}%, 100% - 3px)`, width: `max(3px, ${width}%)` }}
    />
  );
}
