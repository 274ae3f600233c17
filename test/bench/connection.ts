import { connect } from "node:net";
import type { Socket } from "node:net";

export type Answer = { readonly status: number; readonly text: string };

/** The head of a POST to this machine; the body follows it in the same buffer. */
export function requestHead(path: string, contentType: string, length: number, more = ""): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n${more}\r\n`,
    "latin1",
  );
}

export function getRequest(path: string, accept = "application/json"): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n\r\n`, "latin1");
}

/** Longest answer that a bench waits for. */
const PATIENCE_MILLIS = 60_000;

/** A kept-alive connection with one request on its way at a time, as thin as can be: prebuilt bytes out, the status in. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #settle: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(PATIENCE_MILLIS, () => this.#fail(new Error("no answer came")));
    socket.on("data", (data: Buffer) => this.#take(data));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the connection was closed")));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: "127.0.0.1" });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Connection(socket);
  }

  send(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    this.#received.push(data);
    const answer = parse(this.#received.length === 1 ? data : Buffer.concat(this.#received));
    if (answer === undefined) return;
    this.#received = [];
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.resolve(answer);
  }
}

/** `undefined` until the answer is whole. Answers here are short, but for whole sessions, of which only the end is looked at. */
function parse(received: Buffer): Answer | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = received.toString("latin1", 0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const from = end + 4;
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (length !== undefined) {
    const until = from + Number(length);
    return received.length < until ? undefined : { status, text: received.toString("utf8", from, until) };
  }
  if (!head.includes("\r\ntransfer-encoding: chunked")) return { status, text: "" };
  if (received.toString("latin1", received.length - 5) !== "0\r\n\r\n") return undefined;
  return { status, text: received.toString("utf8", from, Math.min(received.length, from + 2_000)) };
}
