import type { Stream } from "./stream.ts";

/** What the space bar does. */
export function toggleStream(stream: Stream): void {
  if (stream.state.value.state === "paused") stream.resume();
  else stream.pause();
}
