import type { ListGroup } from "../../session/list/list-groups.ts";
import type { PlacedRow } from "./frozen-order.ts";

/** Height of a heading, pixels. */
export const HEAD = 30;

export type GroupHead = {
  readonly group: ListGroup;
  /** Place of the group's first row. */
  readonly first: number;
  /** Headings above it. */
  readonly above: number;
  readonly rows: number;
};

/** The headings of the groups that have rows; none if no group is pinned. */
export function groupHeads(rows: readonly PlacedRow[]): readonly GroupHead[] {
  const heads: GroupHead[] = [];
  for (let first = 0; first < rows.length;) {
    const group = rows[first]?.group ?? "rest";
    const next = rows.findIndex((row, at) => at > first && row.group !== group);
    const end = next < 0 ? rows.length : next;
    heads.push({ group, first, above: heads.length, rows: end - first });
    first = end;
  }
  return heads.length === 1 && heads[0]?.group === "rest" ? [] : heads;
}

/** Pixels from the top of all rows. */
export const headTop = ({ first, above }: GroupHead, rowHeight: number): number => first * rowHeight + above * HEAD;

export const rowTop = (heads: readonly GroupHead[], index: number, rowHeight: number): number =>
  index * rowHeight + heads.filter(({ first }) => first <= index).length * HEAD;
