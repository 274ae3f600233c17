/** Work without the browser's own measure of idle time, milliseconds. */
const SLICE = 12;

/** Works when the browser has nothing else to do, after `timeout` milliseconds at the latest. `hasTime`: whether that is still so. Answers how to cancel it. */
export function whenIdle(work: (hasTime: () => boolean) => void, timeout: number): () => void {
  if (typeof requestIdleCallback !== "undefined") {
    const id = requestIdleCallback((deadline) => work(() => deadline.timeRemaining() > 1), { timeout });
    return () => cancelIdleCallback(id);
  }
  const timer = setTimeout(() => {
    const until = performance.now() + SLICE;
    work(() => performance.now() < until);
  }, 0);
  return () => clearTimeout(timer);
}
