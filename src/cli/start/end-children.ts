import { ChildProcess, spawn } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";

/**
 * From now on, a child process named `name` ends with this process, even by SIGKILL: otherwise the runtime would keep the
 * port and the database. A guard shell waits at a pipe that closes when this process ends; Miniflare has no such feature.
 */
export function endChildrenWithUs(name: string): void {
  subscribe("child_process", (message) => {
    const child = processIn(message);
    if (child === undefined) return;
    // The channel reports the process before it is spawned: the pid comes with this event.
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

/** How soon the program notices that `npm start` ended; nothing waits for it. */
const CHECK_MILLIS = 1_000;

/**
 * Ends the program when npm's shell has ended. npm passes a signal on to that shell, and the shell does not pass it on: a
 * supervisor that stops `npm start` by its process id would leave the program running with its port.
 */
export function endWithNpm(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment.npm_lifecycle_event === undefined) return;
  const { ppid } = process;
  setInterval(() => {
    if (process.ppid !== ppid) process.exit(0);
  }, CHECK_MILLIS).unref();
}
