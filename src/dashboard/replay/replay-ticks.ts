import { useEffect, useRef } from "preact/hooks";
import type { ReplayFeed } from "./replay-feed.ts";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
/** Where nothing is to move without need, milliseconds between two looks. */
const CALM = 500;

/** Calls `show` with where the replay stands, with each frame while it plays, and when it was told something. */
export function useReplayTicks(replay: ReplayFeed, show: (position: number) => void): void {
  const latest = useRef(show);
  latest.current = show;
  const { state } = replay.state.value;
  void replay.present.value;
  useEffect(() => latest.current(replay.position()));
  useEffect(() => {
    if (state !== "playing") return undefined;
    let frame: number | undefined;
    let timer: number | undefined;
    const next = (): void => {
      latest.current(replay.position());
      if (calm.matches) timer = setTimeout(next, CALM);
      else frame = requestAnimationFrame(next);
    };
    next();
    return () => {
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [state, replay]);
}
