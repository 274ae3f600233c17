import type { SpanKind } from "../../facts/facts.ts";

/** A letter a kind. */
const LETTERS: Readonly<Record<SpanKind, string>> = {
  query: "q",
  agent: "a",
  team: "g",
  turn: "u",
  llm: "m",
  tool: "t",
  retrieval: "r",
  embedding: "e",
  http: "h",
  db: "d",
  messaging: "s",
  chain: "c",
  internal: "i",
};

const KIND_OF = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as SpanKind]));
/** Behind the letter of a step that failed, and of one that runs. */
const FAILED = "!";
const RUNNING = "~";

/** A step as a strip shows it. */
export type StripStep = { readonly kind: SpanKind; readonly state: "ended" | "failed" | "running" };

/** A letter for the kind, and a mark. */
export const writeStep = ({ kind, state }: StripStep): string =>
  LETTERS[kind] + (state === "failed" ? FAILED : state === "running" ? RUNNING : "");

/** The steps of a text of {@link writeStep}s. Anything else in it is skipped. */
export function readStrip(strip: string): StripStep[] {
  const steps: StripStep[] = [];
  for (const [, letter = "", mark] of strip.matchAll(/([a-z])([!~]?)/g)) {
    const kind = KIND_OF.get(letter);
    if (kind !== undefined)
      steps.push({ kind, state: mark === FAILED ? "failed" : mark === RUNNING ? "running" : "ended" });
  }
  return steps;
}
