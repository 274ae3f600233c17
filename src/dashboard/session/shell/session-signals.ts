import { computed, type ReadonlySignal } from "@preact/signals";
import { liveness, type Liveness, type Status } from "../../../session/liveness.ts";
import { EMPTY_TREE } from "../../../session/tree/tree.ts";
import type { DisplayedSession } from "../display-fold.ts";
import type { SessionFeed } from "../feed.ts";
import type { SessionClock } from "../reading-props.ts";
import type { ReplayFeed } from "../replay/feed.ts";
import { openEnd, roomy } from "../timeline/time-scale.ts";

/** What a session's page shows and how it changes with time. Each signal changes as rarely as it can. */
export type SessionSignals = {
  /** In a replay: as far as it has come. */
  readonly displayed: ReadonlySignal<DisplayedSession>;
  readonly playing: ReadonlySignal<"live" | "replay">;
  readonly clock: SessionClock;
  readonly live: ReadonlySignal<Liveness>;
  readonly status: ReadonlySignal<Status>;
  /** The end of the time axis, Unix nanoseconds. */
  readonly axisEnd: ReadonlySignal<bigint>;
};

/** `first`: the whole session, as it is known to be loaded. */
export function sessionSignals(
  feed: SessionFeed,
  replay: ReplayFeed | undefined,
  first: DisplayedSession,
): SessionSignals {
  const whole = computed(() => feed.shown.value ?? first);
  const state = computed(() => replay?.state.value.state);
  const displayed = computed<DisplayedSession>(() => {
    if (replay === undefined || state.value === "refused") return whole.value;
    return replay.shown.value ?? { ...whole.value, tree: EMPTY_TREE, view: undefined, queries: [], logs: [] };
  });
  // A replay that is over shows the session as it is.
  const playing = computed(() =>
    replay === undefined || state.value === "ended" || state.value === "refused" ? "live" : "replay",
  );
  const present = computed(() =>
    playing.value === "replay" && replay !== undefined ? replay.present.value : feed.stream.present.value,
  );
  const open = computed(() => {
    const now = present.value;
    if (playing.value === "replay") return { counted: now, drawn: BigInt(Math.round(now)) * 1_000_000n };
    return openEnd(displayed.value.summary.liveness, whole.value.tree.end, now);
  });
  const counted = computed(() => open.value.counted);
  const drawn = computed(() => open.value.drawn);
  const live = computed(() => liveness(displayed.value.summary.liveness, present.value));
  return {
    displayed,
    playing,
    clock: { present, counted, drawn },
    live,
    status: computed(() => live.value.status),
    axisEnd: computed(() => {
      const { start, end } = whole.value.tree;
      return replay !== undefined || counted.value === undefined ? end : roomy(start, drawn.value);
    }),
  };
}
