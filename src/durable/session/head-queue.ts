import { log } from "../../lib/log.ts";
import { directoryOf } from "../../place.ts";
import type { Bindings } from "../../config.ts";
import type { LogHead } from "../../session/contract/directory.ts";

/** Least time between two calls of a shard, milliseconds: so far a stream of all sessions is behind, where few are active. */
const HEAD_MILLIS = 300;

/** What a shard has, as far as its heads need it. */
export type HeadShard = {
  readonly env: Bindings;
  readonly tenant: string;
  waitUntil(work: Promise<unknown>): void;
  /** How far a session is; `undefined` for one that shows nothing. */
  headOf(id: string): LogHead | undefined;
};

/**
 * Announces to the directory how far the sessions of a shard are, between their reports, while a stream follows all sessions. Nothing
 * keeps what is announced: one that is lost comes with the next report.
 */
export class HeadQueue {
  readonly #shard: HeadShard;
  readonly #marked = new Set<string>();
  #isFollowed = false;
  #isSending = false;
  /** Of the last call, Unix milliseconds. */
  #sentAt = 0;

  constructor(shard: HeadShard) {
    this.#shard = shard;
  }

  get isFollowed(): boolean {
    return this.#isFollowed;
  }

  /** As the directory answered last. */
  follow(isFollowed: boolean): void {
    this.#isFollowed = isFollowed;
  }

  /** The session gets a revision; how far it is then is read when it is announced. */
  mark(id: string): void {
    if (!this.#isFollowed) return;
    this.#marked.add(id);
    if (this.#isSending) return;
    this.#isSending = true;
    this.#shard.waitUntil(this.#send());
  }

  /** Never rejects. Nothing is pending between two exports: the object could not hibernate. */
  async #send(): Promise<void> {
    // What is written in this turn goes along.
    await Promise.resolve();
    while (this.#marked.size > 0) {
      const elapsed = Date.now() - this.#sentAt;
      // A time that is yet to come is from before the clock was set back.
      if (elapsed >= 0 && elapsed < HEAD_MILLIS) await scheduler.wait(HEAD_MILLIS - elapsed);
      await this.#announce();
    }
    this.#isSending = false;
  }

  async #announce(): Promise<void> {
    this.#sentAt = Date.now();
    const marked = Array.from(this.#marked);
    this.#marked.clear();
    try {
      const heads = marked.map((id) => this.#shard.headOf(id)).filter((head) => head !== undefined);
      const { env, tenant } = this.#shard;
      if (heads.length > 0) this.#isFollowed = await directoryOf(env, tenant).announceHeads(heads);
    } catch (error) {
      log("heads-not-announced", { level: "warn", error });
    }
  }
}
