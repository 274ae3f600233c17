import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { ticking } from "../../lib/figures.ts";
import { ago } from "./ago.ts";
import { exactly } from "./moments.ts";

/** Texts that follow a clock, Unix milliseconds. Only their own text changes with the time, and nothing around them. */
type Clock = ReadonlySignal<number>;

const MINUTE = 60_000;
/** So often a text changes that counts in minutes. */
const COARSE = 10_000;
const coarseOf = new WeakMap<Clock, Clock>();

/** It changes so seldom that hundreds of texts may follow it: they hear nothing of the seconds between. */
function coarse(clock: Clock): Clock {
  let slow = coarseOf.get(clock);
  if (slow === undefined) coarseOf.set(clock, (slow = coarseSignal(clock)));
  return slow;
}

function coarseSignal(clock: Clock): Clock {
  const read = (millis: number): number => Math.floor(millis / COARSE) * COARSE;
  let stop: (() => void) | undefined;
  const slow = signal(read(clock.peek()), {
    watched: () => (stop = effect(() => void (slow.value = read(clock.value)))),
    unwatched: () => stop?.(),
  });
  return slow;
}

/** What a part shows of a clock: it changes with the clock, and with `of`, which are all other values that `read` uses. */
export function useClocked<Value>(read: () => Value, of: readonly unknown[]): ReadonlySignal<Value> {
  return useMemo(() => computed(read), of);
}

/** How long since a moment, to the second: "4 m 12 s". */
export function Since({ millis, clock }: { millis: number; clock: Clock }) {
  const text = useClocked(() => ticking(clock.value - millis), [clock, millis]);
  return <span>{text}</span>;
}

/** "3m ago", with the whole moment as the title. */
export function Ago({ millis, clock }: { millis: number; clock: Clock }) {
  const text = useClocked(() => {
    const slow = coarse(clock).value;
    return ago(millis, slow - millis < MINUTE ? clock.value : slow);
  }, [clock, millis]);
  return <time title={exactly(millis)}>{text}</time>;
}
