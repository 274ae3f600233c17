/** A write that waits. `refuse`: the commit before it failed, and with it the object. */
type Waiting = { readonly run: () => void; readonly refuse: (error: unknown) => void };

/**
 * Writes that arrive while the object commits wait, and run one by one in the turn after it: they share the next commit and its
 * `fsync`. A write that finds no commit under way runs at once, without a timer. The platform holds back answers, messages to
 * sockets and calls of other objects until the writes before them are on disk.
 */
export class GroupCommit {
  readonly #storage: DurableObjectStorage;
  #waiting: Waiting[] = [];
  #isCommitting = false;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** `write` is a transaction of its own: a fault in one changes nothing of the others. */
  run<T>(write: () => T): T | Promise<T> {
    if (this.#isCommitting) return this.#wait(write);
    const written = write();
    this.#isCommitting = true;
    void this.#commit();
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
    }
  }
}
