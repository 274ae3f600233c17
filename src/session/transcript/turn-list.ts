import type { QuerySummary } from "../summary.ts";
import { FirstMentions, Memory } from "./memory.ts";
import { NEW } from "./transcript.ts";
import type { Turn } from "./transcript.ts";

/** A turn as the session has it now. */
export type WantedTurn = {
  readonly summary: QuerySummary;
  /** Equal for equal rows with equal contents. */
  readonly version: string;
  readonly fold: (memory: Memory, number: number) => Turn;
  /** Folds the first steps alone; absent for a short turn. */
  readonly begin?: (memory: Memory, number: number) => Turn;
};

type KnownTurn = {
  readonly key: string;
  version: string;
  readonly memory: Memory;
  /** What the last turn left open. */
  readonly wasUnanswered: boolean;
  turn: Turn;
};

/** Asked after each turn that was folded. `until new`: turns that come after all that were folded before wait. */
export type MayGoOn = (() => boolean) | "until new";

/** `folded`: the turns after the first `folded` ones have no steps yet, the first of them, or those of an earlier fold. */
export type FoldedTurns = { readonly turns: readonly Turn[]; readonly folded: number };

/**
 * The turns of a session that grows. A turn depends on its own spans, and on what earlier turns mention: it is folded again if its
 * version is another, or if an earlier turn mentions more or less of what it depends on.
 */
export class TurnList {
  readonly #mentions = new FirstMentions();
  #known: readonly KnownTurn[] = [];
  /** By key: turns that are not folded yet. */
  readonly #ahead = new Map<string, Turn>();

  /** `wanted`: by start. With `mayGoOn`, a first fold is of the first steps alone. */
  fold(wanted: readonly WantedTurn[], mayGoOn?: MayGoOn): FoldedTurns {
    const begin = this.#known.length === 0 && mayGoOn !== undefined ? wanted[0]?.begin : undefined;
    if (begin !== undefined) return this.#begin(begin, wanted);
    const rest = new Rest(this.#known, this.#mentions);
    const done: KnownTurn[] = [];
    let isEmpty = true;
    let isUnanswered = false;
    let foldedNow = 0;
    for (const want of wanted) {
      const place = done.length;
      let known = rest.take(want.summary.key, place);
      const isSame =
        known?.version === want.version &&
        known.memory.isEmpty === isEmpty &&
        known.wasUnanswered === isUnanswered &&
        !known.memory.dependsOn(rest.differing);
      if (known === undefined || !isSame) {
        const waits =
          mayGoOn === "until new" ? known === undefined && rest.isEmpty : foldedNow > 0 && mayGoOn?.() === false;
        if (waits) {
          this.#known = [...done, ...rest.left(known)];
          return { turns: this.#withTurnsAhead(done, wanted, mayGoOn === "until new" ? NEW : 0), folded: place };
        }
        foldedNow++;
        const memory = new Memory(this.#mentions, place, { isEmpty, isUnanswered });
        if (known !== undefined) this.#mentions.release(known.memory);
        const turn = want.fold(memory, place + 1);
        memory.close();
        rest.compare(known?.memory, memory);
        known = { key: want.summary.key, version: want.version, memory, wasUnanswered: isUnanswered, turn };
      }
      known.memory.place = place;
      known.turn = numbered(known.turn, want.summary, place + 1);
      done.push(known);
      isEmpty &&= known.memory.mentioned.length === 0;
      isUnanswered = known.memory.isUnanswered;
    }
    rest.takeAll();
    this.#known = done;
    this.#ahead.clear();
    return { turns: done.map(({ turn }) => turn), folded: done.length };
  }

  #begin(begin: NonNullable<WantedTurn["begin"]>, wanted: readonly WantedTurn[]): FoldedTurns {
    const memory = new Memory(this.#mentions, 0, { isEmpty: true, isUnanswered: false });
    const turn = begin(memory, 1);
    memory.close();
    // No turn has this version: the next fold is of the whole turn.
    const begun = { key: turn.summary.key, version: "", memory, wasUnanswered: false, turn };
    this.#known = [begun];
    return { turns: this.#withTurnsAhead([begun], wanted, 0), folded: 0 };
  }

  #withTurnsAhead(done: readonly KnownTurn[], wanted: readonly WantedTurn[], revision: number): Turn[] {
    const before = new Map(this.#known.slice(done.length).map(({ key, turn }) => [key, turn]));
    const ahead = wanted.slice(done.length).map(({ summary }, at) => {
      const { key } = summary;
      const turn = before.get(key) ?? this.#ahead.get(key) ?? { number: 0, summary, before: [], steps: [], revision };
      const shown = numbered(turn, summary, done.length + at + 1);
      this.#ahead.set(key, shown);
      return shown;
    });
    return [...done.map(({ turn }) => turn), ...ahead];
  }
}

/** The same object unless something changed. */
function numbered(turn: Turn, summary: QuerySummary, number: number): Turn {
  return turn.summary === summary && turn.number === number ? turn : { ...turn, summary, number };
}

/** The turns of the last fold that this one has not reached, and how it differs from the last one so far. */
class Rest {
  readonly #turns: readonly KnownTurn[];
  readonly #mentions: FirstMentions;
  #next = 0;
  #places: Map<string, number> | undefined;
  /** Numbers of what the turns so far mention in only one of the two folds. */
  readonly differing = new Set<number>();

  constructor(turns: readonly KnownTurn[], mentions: FirstMentions) {
    this.#turns = turns;
    this.#mentions = mentions;
    for (const { memory } of turns) memory.place = Number.POSITIVE_INFINITY;
  }

  /** The turn with this key, if it comes later; those before it are gone. `place`: of the turn in the new fold. */
  take(key: string, place: number): KnownTurn | undefined {
    if (this.#turns[this.#next]?.key !== key) {
      const at = this.#placeOf(key);
      if (at < this.#next) return undefined;
      this.#dropUntil(at, place);
    }
    return this.#turns[this.#next++];
  }

  get isEmpty(): boolean {
    return this.#next === this.#turns.length;
  }

  takeAll(): void {
    this.#dropUntil(this.#turns.length, Number.POSITIVE_INFINITY);
  }

  /** The turns from this one on. Where the folds differ so far, none of them can be kept: the next fold does not know how. */
  left(taken: KnownTurn | undefined): readonly KnownTurn[] {
    const left = this.#turns.slice(taken === undefined ? this.#next : this.#next - 1);
    if (this.differing.size > 0) for (const turn of left) turn.version = "";
    return left;
  }

  /** After a turn was folded again: `before` mentions in the last fold, `after` in the new one. */
  compare(before: Memory | undefined, after: Memory): void {
    const { differing } = this;
    const earlier = new Set(before?.mentioned);
    for (const number of earlier) {
      if (this.#mentions.isMentioned(number, after.place)) differing.delete(number);
      else differing.add(number);
    }
    for (const number of after.mentioned) {
      if (earlier.has(number)) continue;
      // It was mentioned in neither fold before this turn, or only in the last one.
      if (!differing.delete(number)) differing.add(number);
    }
  }

  #dropUntil(end: number, place: number): void {
    for (; this.#next < end; this.#next++) {
      const memory = this.#turns[this.#next]?.memory;
      if (memory === undefined) continue;
      this.#mentions.release(memory);
      for (const number of memory.mentioned) {
        if (this.#mentions.isMentioned(number, place)) this.differing.delete(number);
        else this.differing.add(number);
      }
    }
  }

  #placeOf(key: string): number {
    this.#places ??= new Map(this.#turns.map((turn, at) => [turn.key, at]));
    return this.#places.get(key) ?? -1;
  }
}
