import { signal } from "@preact/signals";

/** Server's clock minus this device's, milliseconds. The sample that travelled least comes closest. */
let offset: number | undefined;

/** The server's present, Unix milliseconds. */
export const serverNow = (): number => Date.now() + (offset ?? 0);

/** The server's present once a second: whatever ticks reads this, so that everything ticks together. */
export const now = signal(serverNow());

/**
 * `serverTime` was just received. Latency only ever makes the server look slow, so of one connection's samples the
 * largest wins; a new connection starts anew, because a device's clock may have been set meanwhile.
 */
export function learnOffset(serverTime: number, sample: "first" | "another"): void {
  const measured = serverTime - Date.now();
  if (sample === "another" && offset !== undefined && measured <= offset) return;
  offset = measured;
  tick();
}

function tick(): void {
  if (!document.hidden) now.value = serverNow();
}

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
