import { signal } from "@preact/signals";

/** Server's clock minus this device's, milliseconds. The sample with the least latency is the most exact. */
let offset: number | undefined;

/** The server's present, Unix milliseconds. */
export const serverNow = (): number => Date.now() + (offset ?? 0);

/** The server's present, updated once a second. All ticking counters read it, so they tick together. */
export const now = signal(serverNow());

/**
 * Learns the offset from `serverTime`, received just now. Latency only makes the server look slow, so the largest sample
 * of a connection wins. A new connection starts over, because the device's clock may have been set.
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
