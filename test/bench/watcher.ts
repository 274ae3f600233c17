import { connect } from "node:net";
import type { Socket } from "node:net";
import { getRequest } from "./connection.ts";

/** Longer than anything looked for: what was cut at the end of one packet is found with the next. */
const TAIL = 64;

/** A viewer's stream, as cheap as can be: notes when a text was first seen in it. */
export class Watcher {
  readonly #socket: Socket;
  #tail = "";
  #awaited: { readonly text: string; readonly resolve: (at: number) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data: Buffer) => this.#take(data.toString("latin1"), performance.now()));
    socket.on("error", () => socket.destroy());
  }

  /** Resolves when the stream has caught up with its session. */
  static async open(port: number, path: string): Promise<Watcher> {
    const socket = connect({ port, host: "127.0.0.1" });
    const watcher = new Watcher(socket);
    const caughtUp = watcher.see("event: bookmark");
    socket.write(getRequest(path, "text/event-stream"));
    await caughtUp;
    return watcher;
  }

  /** Answers when the text came, by the clock of `performance.now()`. One at a time. */
  see(text: string, patienceMillis = 30_000): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`"${text}" never came`)), patienceMillis);
      this.#awaited = {
        text,
        resolve: (at) => {
          clearTimeout(timer);
          resolve(at);
        },
      };
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(received: string, at: number): void {
    const seen = this.#tail + received;
    const awaited = this.#awaited;
    this.#tail = seen.slice(-TAIL);
    if (awaited === undefined || !seen.includes(awaited.text)) return;
    this.#awaited = undefined;
    this.#tail = "";
    awaited.resolve(at);
  }
}
