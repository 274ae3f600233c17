import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { duration } from "../../../lib/figures.ts";
import { costsOf } from "../../../session/row-usage.ts";
import type { CriticalRows } from "../../../session/timeline/critical-rows.ts";
import { intervalOf, totalOf } from "../../../session/timing/interval.ts";
import { selfTime } from "../../../session/timing/self-time.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { Cost } from "../../ui/cost.tsx";
import { KindIcon } from "../../ui/icons.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { tokenWords } from "../../../session/token-words.ts";
import { placeholderWord } from "../../../session/tree/placeholder-words.ts";
import { rowWords } from "../../../session/transcript/row-words.ts";

/** A row under the pointer. `x`, `y`: pixels of the window. */
type Hovered = { readonly node: TreeNode; readonly x: number; readonly y: number };

/** The row whose lane is under the mouse. A finger hides what it points at. */
export function useHover(scroller: RefObject<HTMLElement | null>, rows: readonly TreeNode[]): Hovered | undefined {
  const [hovered, setHovered] = useState<Hovered | undefined>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const move = (event: PointerEvent): void => {
      const { target, pointerType, buttons, clientX, clientY } = event;
      const lane =
        target instanceof Element && pointerType === "mouse" && buttons === 0 ? target.closest(".lane") : null;
      const row = lane?.closest(".span-row");
      const node = row === undefined || row === null ? undefined : rows[Number(row.id.slice("row-".length))];
      setHovered(node === undefined ? undefined : { node, x: clientX, y: clientY });
    };
    const leave = (): void => setHovered(undefined);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerdown", leave);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("scroll", leave, { passive: true });
    return () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerdown", leave);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("scroll", leave);
    };
  }, [scroller, rows]);
  return hovered;
}

type CardProps = Hovered & {
  /** The end of what runs, Unix nanoseconds. */
  readonly open: bigint;
  readonly critical: CriticalRows | undefined;
  readonly sessionStart: bigint;
};

/** Room that the card needs at its place, pixels. */
const WIDTH = 280;
const HEIGHT = 150;

/** What the row's bar stands for. All of it is in the panel, too. */
export function HoverCard({ node, x, y, open, critical, sessionStart }: CardProps) {
  const { span, usageBelow } = node;
  const { from, to } = intervalOf(node, open);
  const costs = usageBelow === undefined ? undefined : costsOf(usageBelow);
  const waited = totalOf(critical?.partsOf([node]) ?? []);
  const left = Math.max(8, Math.min(x + 14, innerWidth - WIDTH));
  const top = y + 18 + HEIGHT > innerHeight ? Math.max(8, y - HEIGHT) : y + 18;
  return (
    <div class="hover-card" aria-hidden="true" style={{ left: `${left}px`, top: `${top}px` }}>
      <strong>
        {span === undefined ? null : <KindIcon kind={span.facts.kind} />}
        <UntrustedText text={rowWords(node)?.subject ?? placeholderWord(node)} limit={80} />
      </strong>
      <dl>
        <dt>Starts after</dt>
        <dd>{duration(from > sessionStart ? from - sessionStart : 0n)}</dd>
        <dt>{node.running ? "Runs for" : "Takes"}</dt>
        <dd>{duration(to - from)}</dd>
        <dt>Self</dt>
        <dd>{duration(selfTime(node, open))}</dd>
        {critical === undefined ? null : (
          <>
            <dt>Critical path</dt>
            <dd>{waited === 0n ? "not on it" : duration(waited)}</dd>
          </>
        )}
        {usageBelow === undefined || usageBelow.tokens.input + usageBelow.tokens.output === 0 ? null : (
          <>
            <dt>Tokens</dt>
            <dd>{tokenWords(usageBelow.tokens)}</dd>
          </>
        )}
        {costs?.cost === undefined ? null : (
          <>
            <dt>Cost</dt>
            <dd>
              <Cost summary={{ ...costs, unpriced: [] }} />
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}
