import { FLAG, HALF_HASH, KINDS, NANOS_PER_SECOND, NO_PARENT, REQUEST_STATES, secondsIn } from "./layout.ts";
import type { SpanFacts } from "../facts.ts";
import { SPAN_KINDS } from "../kind.ts";
import { PRODUCERS } from "../producer.ts";
import { DERIVATIONS } from "../derivation.ts";

/** Reads the layout of {@link FLAG}. Any other input throws. */
export class FactsReader {
  readonly #base: bigint;
  readonly #ids: readonly unknown[];
  readonly #hashes: readonly unknown[];
  readonly #texts: readonly unknown[];
  readonly #cells: readonly unknown[];
  #at = 0;
  /** Of the last span. */
  #service: string | undefined;

  constructor(parsed: unknown) {
    const [, base, ids, hashes, texts, cells] = list(parsed);
    this.#base = BigInt(text(base));
    this.#ids = list(ids);
    this.#hashes = list(hashes);
    this.#texts = list(texts);
    this.#cells = list(cells);
  }

  all(): SpanFacts[] {
    const facts: SpanFacts[] = [];
    for (let at = 0; at < this.#ids.length; at++) facts.push(this.#span(at));
    if (this.#at !== this.#cells.length) throw new TypeError("Facts: more cells than spans");
    return facts;
  }

  #span(position: number): SpanFacts {
    const parentSpanId = this.#parent(this.#number());
    const name = this.#text();
    const kinds = this.#number();
    const otlpKind = Math.floor(kinds / KINDS);
    const kind = SPAN_KINDS[kinds - otlpKind * KINDS];
    if (kind === undefined) throw new TypeError("Facts: unknown kind");
    const flags = this.#number();
    const has = (flag: number): boolean => (flags & flag) !== 0;
    const running = has(FLAG.running);
    const start = this.#base + this.#time();
    const sinceStart = this.#time();
    const last = has(FLAG.last) ? start + sinceStart : 0n;
    const size = this.#number();
    // One literal: all facts then have one object layout, which makes folds fast.
    return {
      spanId: text(this.#ids[position]),
      parentSpanId,
      name,
      kind,
      otlpKind,
      start,
      end: running ? 0n : last,
      running,
      asOf: running && last !== 0n ? last : undefined,
      error: has(FLAG.error),
      canceled: has(FLAG.canceled) ? true : undefined,
      exception: has(FLAG.exception) ? true : undefined,
      size,
      hash: text(this.#hashes[position]),
      session: has(FLAG.session) ? { rank: this.#number(), value: this.#text() } : undefined,
      query: has(FLAG.query) ? { name: this.#text(), namespace: this.#text() } : undefined,
      agent: has(FLAG.agent) ? this.#text() : undefined,
      team: has(FLAG.team) ? this.#text() : undefined,
      model: has(FLAG.model) ? this.#text() : undefined,
      tool: has(FLAG.tool) ? this.#text() : undefined,
      route: has(FLAG.route) ? this.#text() : undefined,
      service: (this.#service = this.#serviceOf(flags)),
      user: has(FLAG.user) ? this.#text() : undefined,
      target: has(FLAG.target) ? this.#text() : undefined,
      failure: has(FLAG.failure) ? this.#text() : undefined,
      prompt: has(FLAG.prompt) ? this.#text() : undefined,
      promptGuessed: has(FLAG.promptGuessed) ? true : undefined,
      tokens: has(FLAG.tokens) ? this.#tokens(has(FLAG.tokenParts)) : undefined,
      cost: has(FLAG.cost) ? this.#number() : undefined,
      ancestors: has(FLAG.ancestors) ? this.#ancestors() : undefined,
      inputRequest: has(FLAG.inputRequest) ? this.#inputRequest(start) : undefined,
      callHash: has(FLAG.callHash) ? this.#number() * HALF_HASH + this.#number() : undefined,
      derivation: has(FLAG.derivation) ? (DERIVATIONS[this.#number()] ?? "call") : undefined,
      claims: has(FLAG.claims) ? this.#claims() : undefined,
      producer: has(FLAG.producer) ? PRODUCERS[this.#number()] : undefined,
    };
  }

  #parent(cell: number): string {
    if (cell === NO_PARENT) return "";
    return cell > NO_PARENT ? text(this.#ids[cell]) : text(this.#texts[NO_PARENT - 1 - cell]);
  }

  #serviceOf(flags: number): string | undefined {
    if ((flags & FLAG.sameService) !== 0) return this.#service;
    return (flags & FLAG.service) === 0 ? undefined : this.#text();
  }

  #tokens(hasParts: boolean): NonNullable<SpanFacts["tokens"]> {
    const input = this.#number();
    const output = this.#number();
    const cached = hasParts ? this.#number() : 0;
    const reasoning = hasParts ? this.#number() : 0;
    const written = hasParts ? this.#number() : 0;
    return { input, output, cached, written, written1h: hasParts ? this.#number() : 0, reasoning };
  }

  #ancestors(): NonNullable<SpanFacts["ancestors"]> {
    const length = this.#number();
    return Array.from({ length }, () => ({
      spanId: this.#text(),
      name: this.#text(),
      start: this.#number() === 1 ? this.#base + this.#time() : undefined,
    }));
  }

  #claims(): readonly string[] {
    const length = this.#number();
    return Array.from({ length }, () => this.#text());
  }

  #inputRequest(start: bigint): NonNullable<SpanFacts["inputRequest"]> {
    const state = REQUEST_STATES[this.#number()] ?? "closed";
    const since = start + this.#time();
    const task = this.#text();
    const question = this.#text();
    const tool = this.#number();
    return { state, since, task, question, ...(tool === -1 ? {} : { tool: text(this.#texts[tool]) }) };
  }

  #time(): bigint {
    const first = this.#number();
    if (first >= 0) return BigInt(first);
    const seconds = secondsIn(first);
    const nanoseconds = this.#number();
    const count = seconds * NANOS_PER_SECOND + nanoseconds;
    if (Number.isSafeInteger(count)) return BigInt(count);
    return BigInt(seconds) * BigInt(NANOS_PER_SECOND) + BigInt(nanoseconds);
  }

  #number(): number {
    const cell = this.#cells[this.#at++];
    if (typeof cell !== "number") throw new TypeError("Facts: not a number");
    return cell;
  }

  #text(): string {
    return text(this.#texts[this.#number()]);
  }
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("Facts: not a list");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("Facts: not a text");
  return value;
}
