import { textBucket } from "../../lib/fixed-keys.ts";
import { keepLayouts } from "../../lib/kept-layouts.ts";
import { DERIVATIONS } from "../derivation.ts";
import type { SpanFacts } from "../facts.ts";
import { SPAN_KINDS } from "../kind.ts";
import { PRODUCERS } from "../producer.ts";
import { lastOf } from "../version-order.ts";
import { ChunkIds } from "./chunk-ids.ts";
import { FactsReader } from "./decode.ts";
import {
  FACTS_VERSION,
  FLAG,
  HALF_HASH,
  KINDS,
  NANOS_PER_SECOND,
  NO_PARENT,
  REQUEST_STATES,
  secondsCell,
} from "./layout.ts";

/** One JSON string for all spans of a chunk, in the chunk's order, in the layout of {@link FLAG}. */
export function encodeFacts(facts: readonly SpanFacts[]): string {
  const writer = new FactsWriter(facts);
  for (const fact of facts) writer.add(fact);
  return writer.finish();
}

/** `undefined` for a string of another version. An invalid string of this version throws. */
export function decodeFacts(encoded: string): SpanFacts[] | undefined {
  return encoded.startsWith(`[${FACTS_VERSION},`) ? new FactsReader(JSON.parse(encoded)).all() : undefined;
}

class FactsWriter {
  readonly #base: bigint;
  readonly #cells: number[] = [];
  readonly #texts = new ChunkTexts();
  /** The position of a span with the id, by the id's number. */
  readonly #positions: number[] = [];
  readonly #ids = new ChunkIds();
  readonly #spanIds: string[] = [];
  readonly #hashes: string[] = [];
  /** Of the last span. */
  #service: string | undefined;

  constructor(facts: readonly SpanFacts[]) {
    this.#base = facts[0]?.start ?? 0n;
    facts.forEach(({ spanId }, at) => (this.#positions[this.#ids.number(0, spanId)] = at));
  }

  add(fact: SpanFacts): void {
    const cells = this.#cells;
    const last = lastOf(fact);
    this.#spanIds.push(fact.spanId);
    this.#hashes.push(fact.hash);
    const kinds = SPAN_KINDS.indexOf(fact.kind) + KINDS * fact.otlpKind;
    const isSameService = fact.service !== undefined && fact.service === this.#service;
    const flags = flagsOf(fact, last) | (isSameService ? FLAG.sameService : 0);
    cells.push(this.#parent(fact.parentSpanId), this.#texts.name(fact.name), kinds, flags);
    this.#time(fact.start - this.#base);
    this.#time(last === 0n ? 0n : last - fact.start);
    cells.push(fact.size);
    this.#names(fact, isSameService);
    this.#service = fact.service;
    const { tokens, cost, ancestors, inputRequest, callHash, derivation, claims } = fact;
    if (tokens !== undefined) {
      const { input, output, cached, reasoning, written, written1h } = tokens;
      cells.push(input, output);
      if ((flags & FLAG.tokenParts) !== 0) cells.push(cached, reasoning, written, written1h);
    }
    if (cost !== undefined) cells.push(cost);
    if (ancestors !== undefined) {
      cells.push(ancestors.length);
      for (const { spanId, name, start } of ancestors) {
        cells.push(this.#texts.name(spanId), this.#texts.name(name), start === undefined ? 0 : 1);
        if (start !== undefined) this.#time(start - this.#base);
      }
    }
    if (inputRequest !== undefined) this.#inputRequest(inputRequest, fact.start);
    if (callHash !== undefined) cells.push(Math.floor(callHash / HALF_HASH), callHash % HALF_HASH);
    if (derivation !== undefined) cells.push(DERIVATIONS.indexOf(derivation));
    if (claims !== undefined) cells.push(claims.length, ...claims.map((claim) => this.#texts.name(claim)));
    if (fact.producer !== undefined) cells.push(PRODUCERS.indexOf(fact.producer));
  }

  finish(): string {
    return JSON.stringify([
      FACTS_VERSION,
      String(this.#base),
      this.#spanIds,
      this.#hashes,
      this.#texts.all,
      this.#cells,
    ]);
  }

  #names(fact: SpanFacts, isSameService: boolean): void {
    const cells = this.#cells;
    const texts = this.#texts;
    const { session, query } = fact;
    if (session !== undefined) cells.push(session.rank, texts.name(session.value));
    if (query !== undefined) cells.push(texts.name(query.name), texts.name(query.namespace));
    if (fact.agent !== undefined) cells.push(texts.name(fact.agent));
    if (fact.team !== undefined) cells.push(texts.name(fact.team));
    if (fact.model !== undefined) cells.push(texts.name(fact.model));
    if (fact.tool !== undefined) cells.push(texts.name(fact.tool));
    if (fact.route !== undefined) cells.push(texts.name(fact.route));
    if (fact.service !== undefined && !isSameService) cells.push(texts.name(fact.service));
    if (fact.user !== undefined) cells.push(texts.name(fact.user));
    if (fact.target !== undefined) cells.push(texts.name(fact.target));
    if (fact.failure !== undefined) cells.push(texts.name(fact.failure));
    if (fact.prompt !== undefined) cells.push(texts.once(fact.prompt));
  }

  #inputRequest({ state, since, task, question, tool }: NonNullable<SpanFacts["inputRequest"]>, start: bigint): void {
    this.#cells.push(REQUEST_STATES.indexOf(state));
    this.#time(since - start);
    this.#cells.push(
      this.#texts.name(task),
      this.#texts.once(question),
      tool === undefined ? -1 : this.#texts.name(tool),
    );
  }

  #parent(spanId: string): number {
    if (spanId === "") return NO_PARENT;
    const known = this.#ids.find(0, spanId);
    return known >= 0 ? (this.#positions[known] ?? NO_PARENT) : NO_PARENT - 1 - this.#texts.name(spanId);
  }

  #time(nanoseconds: bigint): void {
    const count = Number(nanoseconds);
    if (Number.isSafeInteger(count)) {
      const seconds = Math.floor(count / NANOS_PER_SECOND);
      if (seconds === 0) this.#cells.push(count);
      else this.#cells.push(secondsCell(seconds), count - seconds * NANOS_PER_SECOND);
    } else {
      const seconds = Number(nanoseconds / BigInt(NANOS_PER_SECOND));
      this.#cells.push(secondsCell(seconds), Number(nanoseconds % BigInt(NANOS_PER_SECOND)));
    }
  }
}

function flagsOf(fact: SpanFacts, last: bigint): number {
  return (
    (fact.running ? FLAG.running : 0) |
    (fact.error ? FLAG.error : 0) |
    (fact.canceled ? FLAG.canceled : 0) |
    (fact.exception ? FLAG.exception : 0) |
    (last === 0n ? 0 : FLAG.last) |
    (fact.session === undefined ? 0 : FLAG.session) |
    (fact.query === undefined ? 0 : FLAG.query) |
    (fact.agent === undefined ? 0 : FLAG.agent) |
    (fact.team === undefined ? 0 : FLAG.team) |
    (fact.model === undefined ? 0 : FLAG.model) |
    (fact.tool === undefined ? 0 : FLAG.tool) |
    (fact.route === undefined ? 0 : FLAG.route) |
    (fact.service === undefined ? 0 : FLAG.service) |
    (fact.user === undefined ? 0 : FLAG.user) |
    (fact.target === undefined ? 0 : FLAG.target) |
    (fact.failure === undefined ? 0 : FLAG.failure) |
    (fact.prompt === undefined ? 0 : FLAG.prompt) |
    (fact.tokens === undefined ? 0 : FLAG.tokens) |
    (fact.cost === undefined ? 0 : FLAG.cost) |
    (fact.ancestors === undefined ? 0 : FLAG.ancestors) |
    (fact.inputRequest === undefined ? 0 : FLAG.inputRequest) |
    (fact.derivation === undefined ? 0 : FLAG.derivation) |
    (fact.claims === undefined ? 0 : FLAG.claims) |
    (fact.callHash === undefined ? 0 : FLAG.callHash) |
    (fact.promptGuessed ? FLAG.promptGuessed : 0) |
    (fact.producer === undefined ? 0 : FLAG.producer) |
    (fact.tokens === undefined || !hasParts(fact.tokens) ? 0 : FLAG.tokenParts)
  );
}

function hasParts({ cached, reasoning, written, written1h }: NonNullable<SpanFacts["tokens"]>): boolean {
  return cached !== 0 || reasoning !== 0 || written !== 0 || written1h !== 0;
}

const RECENT = 256;

/**
 * The texts of one chunk by number; names are stored once. Recent names are compared before the Map is used, because a Map
 * would first intern each new copy of a name in the heap, and most names repeat.
 */
export class ChunkTexts {
  readonly all: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #recent = new Uint32Array(RECENT);

  /** The number of a text that is likely to repeat. */
  name(text: string): number {
    const bucket = textBucket(text, RECENT);
    const recent = this.#recent[bucket] ?? 0;
    if (this.all[recent] === text) return recent;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.once(text);
      this.#numbers.set(text, number);
    }
    this.#recent[bucket] = number;
    return number;
  }

  /** The number of a text that is unlikely to repeat. */
  once(text: string): number {
    return this.all.push(text) - 1;
  }
}

keepLayouts(new FactsWriter([]), new FactsReader(JSON.parse(encodeFacts([]))));
