import { objectAt, placeOf, rememberPlace } from "../../../place.ts";
import type { Bindings } from "../../../config.ts";
import type { Cause, Here, LogCall, Place } from "../../../place.ts";
import type { CopyOutcome, ReplicaAnswer, ReplicaQuery } from "./protocol.ts";

/** Queries in one call: some 200 bytes and 20 µs each, while other calls of the object wait. */
const QUERIES_A_CALL = 300;
/** A session that has moved is asked where it is now, and may move on meanwhile; then it is asked by itself. */
const HOPS = 3;

/** What a shard has, as far as its queries need it. */
export type QueryingShard = {
  readonly env: Bindings;
  readonly tenant: string;
  contextOf(id: string): LogCall;
  /** The object itself, for sessions that it holds. */
  readonly here: Here;
  /** Asks one session, wherever it is, and waits until it is open for writing. */
  queryAlone(query: ReplicaQuery, cause: Cause): Promise<CopyOutcome>;
};

type Asked = { readonly query: ReplicaQuery; readonly cause: Cause; readonly hops: number };

type Waiting = Asked & {
  readonly shards: number;
  readonly place: Place;
  readonly resolve: (outcome: CopyOutcome | Promise<CopyOutcome>) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Asks sessions where the copies of a shard's traces are to begin, which no disk of the shard has. Queries that come in one turn go
 * together, a call for each object that holds the sessions: after a wake all of a shard's logs ask.
 */
export class ReplicaQueries {
  readonly #shard: QueryingShard;
  #waiting: Waiting[] = [];

  constructor(shard: QueryingShard) {
    this.#shard = shard;
  }

  /** The call has the cause of its first query. Rejects if that call fails. */
  async ask(query: ReplicaQuery, cause: Cause): Promise<CopyOutcome> {
    return await this.#ask({ query, cause, hops: 0 });
  }

  async #ask(asked: Asked): Promise<CopyOutcome> {
    const { session } = asked.query;
    const { tenant, shards } = this.#shard.contextOf(session);
    const place = placeOf(tenant, session, shards);
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ ...asked, shards, place, resolve, reject });
      if (this.#waiting.length === 1) void this.#send();
    });
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    // What is asked in this turn goes along.
    await Promise.resolve();
    const byObject = Map.groupBy(this.#waiting.splice(0), ({ place }) => place.name);
    for (const waiting of byObject.values())
      for (let at = 0; at < waiting.length; at += QUERIES_A_CALL)
        void this.#sendSome(waiting.slice(at, at + QUERIES_A_CALL));
  }

  /** Never rejects. */
  async #sendSome(waiting: readonly Waiting[]): Promise<void> {
    const [first] = waiting;
    if (first === undefined) return;
    const { env, here, tenant } = this.#shard;
    try {
      const object = objectAt(env, first.cause ?? tenant, first.place, first.shards, here);
      const answers = await object.queryReplicas(waiting.map(({ query }) => query));
      for (const [at, one] of waiting.entries()) one.resolve(this.#outcomeOf(one, answers[at]));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  #outcomeOf(
    { query, cause, hops }: Asked,
    answer: ReplicaAnswer = { outcome: "unknown" },
  ): CopyOutcome | Promise<CopyOutcome> {
    if (answer.outcome === "unknown") return this.#shard.queryAlone(query, cause);
    if (answer.outcome !== "elsewhere") return answer;
    rememberPlace(this.#shard.tenant, query.session, answer);
    return hops < HOPS ? this.#ask({ query, cause, hops: hops + 1 }) : this.#shard.queryAlone(query, cause);
  }
}
