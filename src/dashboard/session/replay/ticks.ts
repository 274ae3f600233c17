import { useEffect, useRef } from "preact/hooks";
import type { ReplayFeed } from "./feed.ts";

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
/** The update interval with reduced motion, milliseconds. */
const REDUCED_INTERVAL = 500;

/** Calls `show` with the position at each frame while the replay plays, and after each event. */
export function useReplayTicks(replay: ReplayFeed, show: (position: number) => void): void {
  const latest = useRef(show);
  latest.current = show;
  const { state } = replay.state.value;
  void replay.present.value;
  useEffect(() => latest.current(replay.position()));
  useEffect(() => {
    if (state !== "live") return undefined;
    let frame: number | undefined;
    let timer: number | undefined;
    const next = (): void => {
      latest.current(replay.position());
      if (reducedMotion.matches) timer = setTimeout(next, REDUCED_INTERVAL);
      else frame = requestAnimationFrame(next);
    };
    next();
    return () => {
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [state, replay]);
}
