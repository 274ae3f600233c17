import { connect } from "node:net";
import type { Socket } from "node:net";
import { getRequest } from "./connection.ts";

/** Longer than anything looked for: what was cut at the end of one packet is found with the next. */
const TAIL = 64;

/** A viewer's stream, as cheap as can be: notes when a text was first seen in it. */
export class Watcher {
  readonly #socket: Socket;
  #tail = "";
  readonly #awaited = new Map<string, (at: number) => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data: Buffer) => this.#take(data.toString("latin1"), performance.now()));
    socket.on("error", () => socket.destroy());
  }

  /** Resolves when the stream has caught up with its session, or when it has begun by another text. */
  static async open(port: number, path: string, begun = "event: bookmark"): Promise<Watcher> {
    const socket = connect({ port, host: "127.0.0.1" });
    const watcher = new Watcher(socket);
    const caughtUp = watcher.see(begun);
    socket.write(getRequest(path, "text/event-stream"));
    await caughtUp;
    return watcher;
  }

  /** Answers when the text came, by the clock of `performance.now()`. */
  see(text: string, patienceMillis = 30_000): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`"${text}" never came`)), patienceMillis);
      this.#awaited.set(text, (at) => {
        clearTimeout(timer);
        resolve(at);
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(received: string, at: number): void {
    const seen = this.#tail + received;
    this.#tail = seen.slice(-TAIL);
    for (const [text, resolve] of this.#awaited) {
      if (!seen.includes(text)) continue;
      this.#awaited.delete(text);
      resolve(at);
    }
  }
}
