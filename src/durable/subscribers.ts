import type { Frame } from "../session/contract/log-page.ts";
import { encodeFrame } from "../session/contract/log-page.ts";

/** The hibernatable sockets of an object's viewers, each with a tag. They outlive the instance, so no field describes them. */
export class Subscribers {
  readonly #ctx: DurableObjectState;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** `of`: what `Subscribers.of` answers for this socket. */
  accept(tag: string, of?: string): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server, [tag]);
    if (of !== undefined) server.serializeAttachment(of);
    return new Response(null, { status: 101, webSocket: client });
  }

  static of(socket: WebSocket): string {
    return socket.deserializeAttachment() as string;
  }

  count(tag: string): number {
    return this.#ctx.getWebSockets(tag).length;
  }

  /** Encoded once; all viewers get the same bytes. */
  publish(tag: string, frame: Frame): void {
    const sockets = this.#ctx.getWebSockets(tag);
    if (sockets.length === 0) return;
    this.#send(sockets, encodeFrame(frame));
  }

  /** Viewers attach again, and read what there is now. */
  closeAll(tag: string): void {
    for (const socket of this.#ctx.getWebSockets(tag)) socket.close(1000, "attach again");
  }

  announce(tag: string, message: string): void {
    this.#send(this.#ctx.getWebSockets(tag), message);
  }

  #send(sockets: readonly WebSocket[], message: string | ArrayBuffer): void {
    for (const socket of sockets) {
      try {
        socket.send(message);
      } catch {
        // A socket that died between listing and sending: its viewer resumes by revision.
      }
    }
  }
}
