import type { QuerySummary } from "../summary.ts";
import { NEW } from "./transcript.ts";
import type { Step, Transcript, Turn } from "./transcript.ts";

/** Of the id of a {@link ReadingRow}: the number of its turn. */
export const turnOfId = (id: string): number => Number.parseInt(id, 10);

/** Of the same: whether the row stands for its turn. */
export const isTurnId = (id: string): boolean => id.endsWith(":turn:0");

/** A row of the transcript as a page shows it. Its texts are made when they are read: few rows are drawn. */
export class ReadingRow {
  readonly of: RowContent;
  /** The section that the row stands in; absent for a turn. */
  readonly around: ReadingRow | undefined;
  readonly #span: { readonly traceId: string; readonly spanId: string };
  /** Number of its turn. */
  readonly turn: number;
  readonly #count: number;

  /** `count`: of the rows of the turn with this span id and kind before this one. */
  constructor(
    of: RowContent,
    around: ReadingRow | undefined,
    span: { readonly traceId: string; readonly spanId: string },
    { turn, count }: { readonly turn: number; readonly count: number },
  ) {
    this.of = of;
    this.around = around;
    this.#span = span;
    this.turn = turn;
    this.#count = count;
  }

  /** Unique, and the same when the transcript grows. */
  get id(): string {
    return `${this.turn}:${this.key}:${this.of.kind}:${this.#count}`;
  }

  /** Of the span: `<traceId>:<spanId>`. */
  get key(): string {
    return `${this.#span.traceId}:${this.#span.spanId}`;
  }

  get spanId(): string {
    return this.#span.spanId;
  }

  /** As comparing `id`, without making it. */
  isSame(other: ReadingRow): boolean {
    return (
      this.of.kind === other.of.kind &&
      this.#count === other.#count &&
      this.turn === other.turn &&
      this.isOf(other.#span)
    );
  }

  /** As comparing `key`, without making it. */
  isOf({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }): boolean {
    return this.#span.spanId === spanId && this.#span.traceId === traceId;
  }

  /** 0 for a turn, 1 for its steps. */
  get depth(): number {
    let depth = 0;
    for (let row = this.around; row !== undefined; row = row.around) depth++;
    return depth;
  }
}

export type RowContent =
  | { readonly kind: "turn"; readonly turn: Turn }
  /** The conversation that a turn continues. */
  | { readonly kind: "earlier"; readonly steps: number }
  /** Neighbouring turns in which nothing was said, by number: programs have many small traces. */
  | { readonly kind: "silent"; readonly from: number; readonly to: number }
  | Step;

/** Rows that hold others. */
export const isSection = ({ of }: ReadingRow): boolean =>
  of.kind === "turn" || of.kind === "earlier" || ("steps" in of && of.steps.length > 0);

/** The rows of one turn, depth first. */
export type RowBlock = readonly ReadingRow[];

/** Turns and their steps: a block for each turn. The block of a turn that did not change is the same. */
export class ReadingRows {
  #known = new WeakMap<readonly Step[], { readonly turn: Turn; readonly rows: RowBlock }>();
  /** By numbers of the first and the last turn. */
  #silent = new Map<string, RowBlock>();
  /** A block is of one turn, also without rows. */
  #empty = new WeakMap<readonly Step[], RowBlock>();

  of({ turns }: Transcript): readonly RowBlock[] {
    // In a session in which nothing is said at all, its turns are what there is.
    if (turns.every(isSilent)) return turns.map((turn) => this.#ofTurn(turn));
    return turns.map((turn, at) => {
      if (!isSilent(turn)) return this.#ofTurn(turn);
      const before = turns[at - 1];
      // The first of its neighbours has the line of all.
      return before !== undefined && isSilent(before) ? this.#nothing(turn) : this.#silence(turns, at);
    });
  }

  #nothing({ steps }: Turn): RowBlock {
    let block = this.#empty.get(steps);
    if (block === undefined) this.#empty.set(steps, (block = []));
    return block;
  }

  #ofTurn(turn: Turn): RowBlock {
    const known = this.#known.get(turn.steps);
    if (known !== undefined && isSame(known.turn, turn)) return known.rows;
    const rows = rowsOf(turn);
    this.#known.set(turn.steps, { turn, rows });
    return rows;
  }

  #silence(turns: readonly Turn[], first: number): RowBlock {
    let last = first;
    for (let next = turns[last + 1]; next !== undefined && isSilent(next); next = turns[last + 1]) last++;
    const [from, to] = [turns[first], turns[last]];
    if (from === undefined || to === undefined) return [];
    const { summary, number } = from;
    const name = `${summary.traceId}:${summary.spanId} ${number} ${to.number}`;
    const known = this.#silent.get(name);
    if (known !== undefined) return known;
    const of = { kind: "silent", from: number, to: to.number } as const;
    const block = [new ReadingRow(of, undefined, summary, { turn: number, count: 0 })];
    this.#silent.set(name, block);
    return block;
  }
}

/** Nothing was asked, said or called, and nothing runs, as far as it is folded. */
export function isSilent({ summary, before, userText, steps, revision }: Turn): boolean {
  return userText === undefined && revision !== NEW && before.length + steps.length === 0 && summary.phase === "done";
}

function isSame(known: Turn, turn: Turn): boolean {
  if (known === turn) return true;
  if (known.number !== turn.number) return false;
  return known.summary === turn.summary || JSON.stringify(known.summary) === JSON.stringify(turn.summary);
}

function rowsOf(turn: Turn): RowBlock {
  const { summary, number, before, userText, steps } = turn;
  /** By kind, then by span id: no text is made for a row. */
  const counts = new Map<RowContent["kind"], Map<string, number>>();
  const row = (of: RowContent, span: Step | QuerySummary, around: ReadingRow | undefined): ReadingRow => {
    let ofKind = counts.get(of.kind);
    if (ofKind === undefined) counts.set(of.kind, (ofKind = new Map()));
    const count = ofKind.get(span.spanId) ?? 0;
    ofKind.set(span.spanId, count + 1);
    return new ReadingRow(of, around, span, { turn: number, count });
  };
  const first = row({ kind: "turn", turn }, summary, undefined);
  const rows = [first];
  const push = (all: readonly Step[], around: ReadingRow): void => {
    const ahead = all.map((step) => ({ step, around })).toReversed();
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      const { step } = next;
      const one = row(step, step, next.around);
      rows.push(one);
      if (!("steps" in step)) continue;
      for (let at = step.steps.length - 1; at >= 0; at--) {
        const inner = step.steps[at];
        if (inner !== undefined) ahead.push({ step: inner, around: one });
      }
    }
  };
  if (before.length > 0) {
    const earlier = row({ kind: "earlier", steps: before.length }, summary, first);
    rows.push(earlier);
    push(before, earlier);
  }
  if (userText !== undefined) push([userText], first);
  push(steps, first);
  return rows;
}

export type RowFilter = {
  /** Whether the reader asked for rows of its span. */
  readonly passes: (row: ReadingRow) => boolean;
  /** Whether a section hides its rows. */
  readonly isClosed: (row: ReadingRow) => boolean;
  /** The only turn that is read, by the key of its row; `undefined`: all. */
  readonly turn: string | undefined;
};

/** The rows that pass, with the sections around them, without those within closed sections. */
export function shownRows(rows: readonly ReadingRow[], { passes, isClosed, turn }: RowFilter): readonly ReadingRow[] {
  const hidden = new Set<ReadingRow>();
  const isOpen = rows.filter((row) => {
    const { around } = row;
    const isHidden = around === undefined ? turn !== undefined && row.key !== turn : hidden.has(around);
    if (isHidden || (isSection(row) && isClosed(row))) hidden.add(row);
    return !isHidden;
  });
  const wanted = new Set<ReadingRow>();
  for (const row of isOpen) {
    if (row.of.kind === "turn" || row.of.kind === "gap" || !passes(row)) continue;
    for (let one: ReadingRow | undefined = row; one !== undefined && !wanted.has(one); one = one.around)
      wanted.add(one);
  }
  // A turn without steps is still a turn, and a pause stands between rows that are shown.
  return isOpen.filter(
    (row) =>
      wanted.has(row) ||
      (row.of.kind === "turn" && passes(row)) ||
      (row.of.kind === "gap" && row.around !== undefined && wanted.has(row.around)),
  );
}
