import { chosenColumns, rememberedColumns, trackOf, type ChosenColumn, type ColumnSpec } from "../../ui/columns.ts";

/** The columns of the timeline; the lanes take what the others leave. */
const TREE_COLUMNS: readonly ColumnSpec[] = [
  { name: "span", word: "Span", width: 620, least: 140, always: true },
  { name: "tokens", word: "Tokens", width: 68, least: 44 },
  { name: "cost", word: "Cost", width: 84, least: 50 },
  { name: "duration", word: "Duration", width: 76, least: 50 },
];

const columns = rememberedColumns("timelineColumns");

export type TreeColumns = {
  readonly all: readonly ChosenColumn[];
  /** For the grids of the head and the rows; `undefined`: that of the style sheet. */
  readonly tracks: string | undefined;
  /** Hides cells. */
  readonly classes: string;
};

export const treeColumnChoice = columns;

/** As the reader wants them. */
export function treeColumns(): TreeColumns {
  const choice = columns.value.value;
  const all = chosenColumns(TREE_COLUMNS, choice);
  const shown = all.filter(({ isHidden }) => !isHidden);
  const tracks = shown.map((column) =>
    column.name === "span" && column.is === "default" ? "minmax(0, 46%)" : trackOf(column),
  );
  return {
    all,
    tracks: choice === undefined ? undefined : [...tracks, "minmax(0, 1fr)"].join(" "),
    classes: all.flatMap(({ name, isHidden }) => (isHidden ? [`hides-${name}`] : [])).join(" "),
  };
}
