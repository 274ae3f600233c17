/** Seconds as this machine counts them, one at most while it is busy. */
export function everySecond(second: () => void): () => void {
  const timer = setInterval(second, 1_000);
  return () => clearInterval(timer);
}
