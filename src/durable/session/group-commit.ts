/** A write that waits. `refuse`: the commit before it failed, and with it the object. */
type Waiting = { readonly run: () => void; readonly refuse: (error: unknown) => void };

/** A write that came so much earlier is committed, milliseconds. */
const COMMIT_MILLIS = 10;

/**
 * Writes that arrive while the object commits wait, and run one by one in the turn after it: they share the next commit and its
 * `fsync`. A write that comes a while after the last one runs at once, and does not look when it is committed: that is one more turn
 * before its answer. The platform holds back answers, messages to sockets and calls of other objects until the writes before them are on disk.
 */
export class GroupCommit {
  readonly #storage: DurableObjectStorage;
  #waiting: Waiting[] = [];
  #isCommitting = false;
  /** Of the last write that may not be committed yet, Unix milliseconds. */
  #wroteAt = Number.NEGATIVE_INFINITY;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** `write` is a transaction of its own: a fault in one changes nothing of the others. */
  run<T>(write: () => T): T | Promise<T> {
    const now = Date.now();
    const mayCommit = this.#isCommitting || Math.abs(now - this.#wroteAt) <= COMMIT_MILLIS;
    if (!mayCommit) {
      this.#wroteAt = now;
      return write();
    }
    const written = this.#wait(write);
    if (!this.#isCommitting) {
      this.#isCommitting = true;
      void this.#commit();
    }
    return written;
  }

  #wait<T>(write: () => T): Promise<T> {
    return new Promise((resolve, refuse) => {
      const run = () => {
        try {
          resolve(write());
        } catch (error) {
          refuse(error);
        }
      };
      this.#waiting.push({ run, refuse });
    });
  }

  /** Until a commit after which nothing waits. Never rejects. */
  async #commit(): Promise<void> {
    try {
      let group: readonly Waiting[];
      do {
        await this.#storage.sync();
        group = this.#waiting;
        this.#waiting = [];
        for (const { run } of group) run();
      } while (group.length > 0);
    } catch (error) {
      for (const { refuse } of this.#waiting.splice(0)) refuse(error);
    } finally {
      this.#isCommitting = false;
      this.#wroteAt = Number.NEGATIVE_INFINITY;
    }
  }
}
