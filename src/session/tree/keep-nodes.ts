import { isSameUsage } from "../row-usage.ts";
import { ROOT } from "../table/parent-links.ts";
import { EMPTY_TREE } from "./tree-node.ts";
import type { DraftNode, RowFields, SessionTree, TreeNode, ViewSpan } from "./tree-node.ts";

/** `rows`: those of the part, where they are known: they are looked at first. `byKey`: of the whole session. */
export type LastTree = Pick<SessionTree, "rows" | "byKey">;

/** `order` and `parents`: see `Outline`. By place: `spans`, and `placeholders` without what is below them. `fieldsOf`: of the span at a place. */
type Grown = {
  readonly order: Int32Array;
  readonly parents: Int32Array;
  readonly spans: readonly ViewSpan[];
  readonly placeholders: readonly (DraftNode | undefined)[];
  readonly last: LastTree;
  readonly fieldsOf: (place: number, span: ViewSpan) => RowFields;
};

/**
 * By place: the node of the last tree that stays, as nothing of it or below changed. It says all of itself, and of what is below, that a new
 * one would: of a tree that grows few nodes are made.
 */
export function keptNodes({ order, parents, spans, placeholders, last, fieldsOf }: Grown): (DraftNode | undefined)[] {
  const kept = new Array<DraftNode | undefined>(parents.length);
  if (last.byKey === EMPTY_TREE.byKey) return kept;
  const depths = new Int32Array(parents.length);
  for (const place of order) depths[place] = (depths[parents[place] ?? ROOT] ?? -1) + 1;
  const firstChild = new Int32Array(parents.length).fill(-1);
  const nextSibling = new Int32Array(parents.length).fill(-1);
  // Mostly the row before the one that was found last.
  let ahead = last.rows.length - 1;
  // Children are after their parents: in reverse, all of them are decided before their parent is.
  for (let at = order.length - 1; at >= 0; at--) {
    const place = order[at] ?? 0;
    const above = parents[place] ?? ROOT;
    if (above >= 0) {
      nextSibling[place] = firstChild[above] ?? -1;
      firstChild[above] = place;
    }
    const span = spans[place];
    const placeholder = placeholders[place];
    let known = last.rows[ahead];
    if (span !== undefined && known?.span === span) ahead--;
    else known = last.byKey.get((span ?? placeholder)?.key ?? "");
    if (known === undefined || known.span !== span || known.depth !== depths[place]) continue;
    if (known.parent?.key !== (above < 0 ? undefined : (placeholders[above] ?? spans[above])?.key)) continue;
    let child = firstChild[place] ?? -1;
    const hasSameChildren = known.children.every((one) => {
      const stays = child >= 0 && kept[child] === one;
      child = nextSibling[child] ?? -1;
      return stays;
    });
    if (!hasSameChildren || child >= 0) continue;
    if (placeholder === undefined ? span && hasFields(known, fieldsOf(place, span)) : isSame(known, placeholder))
      kept[place] = known as DraftNode;
  }
  return kept;
}

const isSame = (known: TreeNode, placeholder: DraftNode): boolean =>
  known.start === placeholder.start &&
  known.name === placeholder.name &&
  known.awaited === placeholder.awaited &&
  hasFields(known, placeholder);

/** Of a placeholder some are absent. */
type Fields = Omit<RowFields, "usage" | "failure"> & Partial<Pick<RowFields, "usage" | "failure">>;

const hasFields = (known: TreeNode, fields: Fields): boolean =>
  known.error === fields.error &&
  known.cause === fields.cause &&
  known.canceled === fields.canceled &&
  known.failure === fields.failure &&
  known.usage?.model === fields.usage?.model &&
  isSameUsage(known.usage, fields.usage) &&
  (known.badges === fields.badges ||
    (known.badges.length === fields.badges.length && known.badges.every((badge, at) => badge === fields.badges[at])));
