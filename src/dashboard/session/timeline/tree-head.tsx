import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { ColumnMenu } from "../../ui/column-menu.tsx";
import { WIDEST, withoutWidth, withWidth } from "../../ui/columns.ts";
import { Grip } from "../../ui/grip.tsx";
import { treeColumnChoice, type TreeColumns } from "./tree-columns.ts";

/** The names of the columns. Their edges are dragged; the menu at the end does the same by keyboard. */
export function TreeHead({
  columns,
  children,
}: {
  readonly columns: TreeColumns;
  readonly children: ComponentChildren;
}) {
  const head = useRef<HTMLDivElement>(null);
  const { value, set } = treeColumnChoice;
  const choice = value.value;
  return (
    <div class="tree-head" ref={head}>
      {columns.all.map(({ name, word, width, least, is, isHidden }) =>
        isHidden ? null : (
          <span key={name} class={name === "span" ? "head-cell" : `head-cell number head-${name}`} data-column={name}>
            {word}
            <Grip
              class="column-grip"
              by="pointer"
              label={`Width of ${word}`}
              // The first column is a share of the page until the reader chooses.
              width={() => (is === "default" ? (widthOf(head.current, name) ?? width) : width)}
              least={least}
              most={WIDEST}
              grows="right"
              onWidth={(to) => set(withWidth(choice, name, to))}
              onReset={() => set(withoutWidth(choice, name))}
            />
          </span>
        ),
      )}
      {children}
      <ColumnMenu label="Columns of the timeline" columns={columns.all} choice={choice} onChoice={set} />
    </div>
  );
}

const widthOf = (head: HTMLElement | null, name: string): number | undefined =>
  head?.querySelector<HTMLElement>(`[data-column="${name}"]`)?.offsetWidth;
