/** How soon the program notices that `npm start` was ended; nothing waits for it. */
const LOOK_MILLIS = 1_000;

/**
 * Ends the program when the shell that npm runs it in is gone. npm hands a signal on to that shell, and the shell to
 * nobody: who stops `npm start` by its process id, as supervisors do, would leave the program behind with its port.
 */
export function endWithNpm(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment.npm_lifecycle_event === undefined) return;
  const { ppid } = process;
  setInterval(() => {
    if (process.ppid !== ppid) process.exit(0);
  }, LOOK_MILLIS).unref();
}
