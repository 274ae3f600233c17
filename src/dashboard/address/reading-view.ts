import { SPAN_KINDS, type SpanKind } from "../../facts/span-kinds.ts";
import { ALL_CLOSED, ALL_OPEN, MAX_NAMED, type ClosedRows } from "../../session/tree/closed-rows.ts";

/** The ways to read a session. Without one in the URL, `firstReading` chooses. */
export const READINGS = ["transcript", "timeline", "steps", "logs"] as const;

export type ReadingName = (typeof READINGS)[number];

/** `undefined`: the session's own. */
export const readReadingName = (text: string | null): ReadingName | undefined => READINGS.find((name) => name === text);

/** What the panel shows of a span beside the default: everything in its order, as it was sent, its attributes, its log records. */
export const PANEL_VIEWS = ["conversation", "raw", "attributes", "logs"] as const;

export type PanelView = (typeof PANEL_VIEWS)[number];

/** `undefined`: the default. */
export const readPanelView = (text: string | null): PanelView | undefined => PANEL_VIEWS.find((name) => name === text);

/** A choice of spans: a kind, spans with errors only, or plumbing shown in place. */
export type KindChoice = SpanKind | "errors" | "plumbing";

const CHOICES: readonly KindChoice[] = [...SPAN_KINDS, "errors", "plumbing"];

/** Reads `kinds=llm,tool,errors`. Ignores unknown words; without a known one there is no choice. */
export function readKindChoices(text: string | null): readonly KindChoice[] | undefined {
  if (text === null) return undefined;
  const words = new Set(text.split(","));
  const chosen = CHOICES.filter((choice) => words.has(choice));
  return chosen.length === 0 ? undefined : chosen;
}

/** Reads `closed=…`: short ids, after "all" the ids of open rows. */
export function readClosedRows(text: string | null): ClosedRows | undefined {
  if (text === null) return undefined;
  const words = text.split(",", MAX_NAMED + 1);
  const named = words.filter((word) => /^[0-9a-f]{4,10}$/.test(word));
  if (words[0] === "all") return named.length === 0 ? ALL_CLOSED : { others: "closed", named: new Set(named) };
  return named.length === 0 ? undefined : { ...ALL_OPEN, named: new Set(named) };
}

/** "" if all rows are open. */
export const writeClosedRows = ({ others, named }: ClosedRows): string =>
  [...(others === "closed" ? ["all"] : []), ...named].join(",");
