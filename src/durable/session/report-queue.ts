import { directoryOf } from "../../place.ts";
import type { Cause } from "../../place.ts";
import type { Bindings } from "../../config.ts";
import type { ReportOutcome, SessionReport } from "../../session/contract/directory.ts";
import type { HeadQueue } from "./head-queue.ts";

/** Reports in one call, and spans that ended in these: some 2 kB and 300 bytes each. */
const REPORTS_A_CALL = 200;
const SPANS_A_CALL = 5_000;

type Waiting = {
  readonly report: SessionReport;
  readonly cause: Cause;
  readonly resolve: (outcome: ReportOutcome) => void;
  readonly reject: (error: unknown) => void;
};

/** Sends the reports of a shard's logs: those that come in one turn, and those that come during a call, go together. */
export class ReportQueue {
  readonly #env: Bindings;
  readonly #tenant: () => string;
  readonly #heads: HeadQueue;
  readonly #waiting: Waiting[] = [];
  #isSending = false;

  constructor(env: Bindings, tenant: () => string, heads: HeadQueue) {
    this.#env = env;
    this.#tenant = tenant;
    this.#heads = heads;
  }

  /** The call has the cause of its first report. */
  async send(report: SessionReport, cause: Cause): Promise<ReportOutcome> {
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ report, cause, resolve, reject });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    this.#isSending = true;
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#sendSome(this.#waiting.splice(0, this.#count()));
    this.#isSending = false;
  }

  /** How many of those that wait go in the next call: one at least. */
  #count(): number {
    let spans = 0;
    for (const [at, { report }] of this.#waiting.entries()) {
      spans += report.ended?.length ?? 0;
      if (at > 0 && (at === REPORTS_A_CALL || spans > SPANS_A_CALL)) return at;
    }
    return this.#waiting.length;
  }

  async #sendSome(waiting: readonly Waiting[]): Promise<void> {
    try {
      const directory = directoryOf(this.#env, waiting[0]?.cause ?? this.#tenant());
      const outcomes = await directory.report(waiting.map(({ report }) => report));
      this.#heads.follow(outcomes.some(({ isFollowed }) => isFollowed === true));
      waiting.forEach(({ resolve }, at) => resolve(outcomes[at] ?? { interval: 0 }));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
