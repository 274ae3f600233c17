import { createHash } from "node:crypto";
import type { Frame, View } from "../../session/contract/log-page.ts";
import type { Subscribers } from "../subscribers.ts";

/** The viewers of one log among those of its shard. */
export class LogSubscribers {
  readonly #subscribers: Subscribers;
  readonly #id: string;
  /** A tag has 256 characters at most, an id may have more bytes than that. */
  #hash: string | undefined;

  constructor(subscribers: Subscribers, id: string) {
    this.#subscribers = subscribers;
    this.#id = id;
  }

  accept(view: View): Response {
    return this.#subscribers.accept(this.#tag(view), this.#id);
  }

  count(view: View): number {
    return this.#subscribers.count(this.#tag(view));
  }

  /** Viewers of all views. */
  countAll(): number {
    return VIEWS.reduce((sum, view) => sum + this.count(view), 0);
  }

  publish(view: View, frame: Frame): void {
    this.#subscribers.publish(this.#tag(view), frame);
  }

  /** Viewers attach again, and read what there is now. */
  closeAll(): void {
    for (const view of VIEWS) this.#subscribers.closeAll(this.#tag(view));
  }

  announce(message: string): void {
    for (const view of VIEWS) this.#subscribers.announce(this.#tag(view), message);
  }

  #tag(view: View): string {
    this.#hash ??= createHash("sha256").update(this.#id).digest("hex");
    return `${view} ${this.#hash}`;
  }
}

const VIEWS: readonly View[] = ["session", "trace"];
