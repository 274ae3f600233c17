import { isRecord } from "../../lib/plain-data.ts";
import { remembered, type Remembered } from "./remembered.ts";

/** A column that a reader may resize and hide. */
export type ColumnSpec = {
  readonly name: string;
  readonly word: string;
  /** Pixels, as long as the reader chooses no other width. */
  readonly width: number;
  readonly least: number;
  /** It cannot be hidden. */
  readonly always?: true;
};

/** What a reader chose: widths in pixels, and hidden columns, by name. */
export type ColumnChoice = {
  readonly widths: Readonly<Record<string, number>>;
  readonly hidden: readonly string[];
};

export type ChosenColumn = ColumnSpec & { readonly is: "chosen" | "default"; readonly isHidden: boolean };

/** Pixels. */
export const WIDEST = 1_200;

const NO_CHOICE: ColumnChoice = { widths: {}, hidden: [] };

/** A table's columns, remembered by this browser. */
export const rememberedColumns = (name: string): Remembered<ColumnChoice> => remembered(name, readColumnChoice);

/** All columns in their order, with the reader's widths. */
export function chosenColumns(
  columns: readonly ColumnSpec[],
  { widths, hidden }: ColumnChoice = NO_CHOICE,
): readonly ChosenColumn[] {
  return columns.map((column) => {
    const chosen = widths[column.name];
    return {
      ...column,
      width: chosen === undefined ? column.width : Math.min(WIDEST, Math.max(column.least, chosen)),
      is: chosen === undefined ? "default" : "chosen",
      isHidden: column.always !== true && hidden.includes(column.name),
    };
  });
}

export function withWidth(choice: ColumnChoice = NO_CHOICE, name: string, width: number): ColumnChoice {
  return { ...choice, widths: { ...choice.widths, [name]: Math.round(width) } };
}

/** The default width again. */
export function withoutWidth(choice: ColumnChoice | undefined, name: string): ColumnChoice | undefined {
  if (choice === undefined) return undefined;
  const { [name]: _, ...widths } = choice.widths;
  return Object.keys(widths).length + choice.hidden.length === 0 ? undefined : { ...choice, widths };
}

export function withHidden(choice: ColumnChoice = NO_CHOICE, name: string, to: "hidden" | "shown"): ColumnChoice {
  const others = choice.hidden.filter((hidden) => hidden !== name);
  return { ...choice, hidden: to === "hidden" ? [...others, name] : others };
}

/** `undefined` of a text of another form. */
export function readColumnChoice(stored: unknown): ColumnChoice | undefined {
  if (!isRecord(stored)) return undefined;
  const widths = isRecord(stored.widths) ? Object.entries(stored.widths) : [];
  const hidden: readonly unknown[] = Array.isArray(stored.hidden) ? stored.hidden : [];
  return {
    widths: Object.fromEntries(
      widths.filter((entry): entry is [string, number] => typeof entry[1] === "number" && Number.isFinite(entry[1])),
    ),
    hidden: hidden.filter((name) => typeof name === "string"),
  };
}

/** A column as the track of a grid: it gives way where there is no room. */
export const trackOf = ({ width }: ChosenColumn): string => `minmax(0, ${width}px)`;
