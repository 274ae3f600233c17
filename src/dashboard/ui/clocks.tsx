import { computed, type ReadonlySignal, useComputed } from "@preact/signals";
import { ticking } from "../../lib/figures.ts";
import { ago, exactly } from "./moments.ts";

/** Texts that follow a clock, Unix milliseconds. Only their own text changes with the time, and nothing around them. */
type Clock = ReadonlySignal<number>;

const MINUTE = 60_000;
/** So often a text changes that counts in minutes. */
const COARSE = 10_000;
const coarseOf = new WeakMap<Clock, Clock>();

function coarse(clock: Clock): Clock {
  let slow = coarseOf.get(clock);
  if (slow === undefined) {
    slow = computed(() => Math.floor(clock.value / COARSE) * COARSE);
    coarseOf.set(clock, slow);
  }
  return slow;
}

/** How long since a moment, to the second: "4 m 12 s". */
export function Since({ millis, clock }: { millis: number; clock: Clock }) {
  const text = useComputed(() => ticking(clock.value - millis));
  return <span>{text}</span>;
}

/** "3m ago", with the whole moment as the title. */
export function Ago({ millis, clock }: { millis: number; clock: Clock }) {
  const text = useComputed(() => {
    const slow = coarse(clock).value;
    return ago(millis, slow - millis < MINUTE ? clock.value : slow);
  });
  return <time title={exactly(millis)}>{text}</time>;
}
