import type { ReadonlySignal } from "@preact/signals";
import type { QuerySummary } from "../../../session/summary.ts";
import type { SessionTree, TreeNode } from "../../../session/tree/tree.ts";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import type { PanelView } from "../../address/reading-view.ts";

export type PanelProps = {
  readonly node: TreeNode;
  readonly tree: SessionTree;
  readonly sessionId: string;
  readonly queries: readonly QuerySummary[];
  /** The session's log records, by time. */
  readonly logs: readonly ViewRecord[];
  /** The session's start, Unix nanoseconds. */
  readonly sessionStart: bigint;
  /** The present of running spans' counters, Unix milliseconds; ticks. */
  readonly counted: ReadonlySignal<number | undefined>;
  /** What is shown of the span; without, what is new in it. */
  readonly show: PanelView | undefined;
  readonly onShow: (show: PanelView | undefined) => void;
  readonly onClose: () => void;
  readonly onSelect: (key: string) => void;
  /** To a step of the same kind. */
  readonly onStep: (to: "nextOfKind" | "previousOfKind") => void;
};
