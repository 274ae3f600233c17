import { ChildProcess, spawn } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";

/**
 * From now on, a child process named `name` ends when this process does, even by SIGKILL: left alone, the runtime would keep
 * the port and the database. A shell waits at a pipe that only our death closes; Miniflare offers no such thing.
 */
export function endChildrenWithUs(name: string): void {
  subscribe("child_process", (message) => {
    const child = processIn(message);
    if (child === undefined) return;
    // Announced before it is spawned: the pid comes with the event.
    child.once("spawn", () => {
      if (child.pid === undefined || !child.spawnfile.endsWith(`/${name}`)) return;
      const guard = spawn("sh", ["-c", 'read -r _; kill -9 "$1" 2>/dev/null', "sh", String(child.pid)], {
        stdio: ["pipe", "ignore", "ignore"],
        detached: true,
      });
      guard.unref();
      child.once("exit", () => guard.kill("SIGKILL"));
    });
  });
}

function processIn(message: unknown): ChildProcess | undefined {
  if (typeof message !== "object" || message === null || !("process" in message)) return undefined;
  return message.process instanceof ChildProcess ? message.process : undefined;
}

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
