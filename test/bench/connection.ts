import { connect } from "node:net";
import type { Socket } from "node:net";

export type Answer = { readonly status: number; readonly text: string };

/** The head of a POST; the body follows it in the same buffer. `more`: other headers, each with its line break. */
export function requestHead(
  path: string,
  contentType: string,
  length: number,
  more = "",
  { host = "localhost", method = "POST" } = {},
): Buffer {
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n${more}\r\n`,
    "latin1",
  );
}

export function getRequest(path: string, accept = "application/json"): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n\r\n`, "latin1");
}

/** Longest answer that a bench waits for. */
const PATIENCE_MILLIS = 60_000;
/** What is kept of an answer: enough for a bill or a reason, not for a session. */
const TEXT_BYTES = 10_000;
const LAST_CHUNK = Buffer.from("0\r\n\r\n", "latin1");

/** A kept-alive connection with one request on its way at a time, as thin as can be: prebuilt bytes out, the status in. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #head: Head | undefined;
  #length = 0;
  #settle: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(PATIENCE_MILLIS, () => this.#fail(new Error("no answer came")));
    socket.on("data", (data: Buffer) => this.#take(data));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the connection was closed")));
  }

  static async open(port: number, host = "127.0.0.1"): Promise<Connection> {
    const socket = connect({ port, host });
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
    this.#head ??= headOf(Buffer.concat(this.#received));
    const head = this.#head;
    this.#length += data.length;
    if (head === undefined || !this.#isWhole(head, data)) return;
    const received = this.#received.length === 1 ? data : Buffer.concat(this.#received);
    const settle = this.#settle;
    this.#received = [];
    this.#head = undefined;
    this.#length = 0;
    this.#settle = undefined;
    settle?.resolve({ status: head.status, text: received.toString("utf8", head.length, head.length + TEXT_BYTES) });
  }

  #isWhole(head: Head, last: Buffer): boolean {
    if (head.body !== undefined) return this.#length >= head.length + head.body;
    const end = last.length >= LAST_CHUNK.length ? last : Buffer.concat(this.#received);
    return end.subarray(end.length - LAST_CHUNK.length).equals(LAST_CHUNK);
  }
}

type Head = {
  readonly status: number;
  /** Bytes of the head itself. */
  readonly length: number;
  /** Bytes of the body; `undefined` where it comes in chunks. */
  readonly body: number | undefined;
};

function headOf(received: Buffer): Head | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = received.toString("latin1", 0, end).toLowerCase();
  const given = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  const isChunked = head.includes("\r\ntransfer-encoding: chunked");
  return {
    status: Number(head.slice(9, 12)),
    length: end + 4,
    body: given === undefined ? (isChunked ? undefined : 0) : Number(given),
  };
}
