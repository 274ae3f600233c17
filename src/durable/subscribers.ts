import type { Frame } from "../session/contract/log-page.ts";
import { encodeFrame } from "../session/contract/log-page.ts";

/** The hibernatable sockets of an object's viewers, tagged with their view. They outlive the instance, so no field describes them. */
export class Subscribers {
  readonly #ctx: DurableObjectState;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  accept(view: string): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server, [view]);
    return new Response(null, { status: 101, webSocket: client });
  }

  count(view: string): number {
    return this.#ctx.getWebSockets(view).length;
  }

  /** Encoded once; all viewers get the same bytes. */
  publish(view: string, frame: Frame): void {
    const sockets = this.#ctx.getWebSockets(view);
    if (sockets.length === 0) return;
    this.#send(sockets, encodeFrame(frame));
  }

  /** Viewers attach again, and read what there is now. */
  closeAll(): void {
    for (const socket of this.#ctx.getWebSockets()) socket.close(1000, "the log has a new generation");
  }

  announce(message: string): void {
    this.#send(this.#ctx.getWebSockets(), message);
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
