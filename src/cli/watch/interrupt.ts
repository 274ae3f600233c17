const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Calls `end` for Ctrl-C, and where a supervisor ends the command. Returns the unsubscription. */
export function onInterrupt(end: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
}
