import type { SpanFacts } from "./facts.ts";
import { SPAN_KINDS } from "./span-kind.ts";
import { TOLD } from "../records/told.ts";
import { lastOf } from "../table/span-order.ts";

/** Raised when a fact is added or derived otherwise: objects then derive the facts of their log anew. */
export const FACTS_VERSION = 5;

/**
 * The encoded form: `[version, start of the first span, strings, ...one array per span]`. A span's array is
 * `[span id, parent, name, kinds, flags, start, last, size, hash, …what the flags announce]`, `last` being the end or how new the report of a running span is, where names are
 * places in `strings`, a parent is the place of a span of this chunk, an id of another, or -1, and times count from the
 * first span's start, as decimal text where a JSON number could not hold them.
 */
const FLAG = {
  running: 1,
  error: 2,
  session: 4,
  query: 8,
  agent: 16,
  team: 32,
  model: 64,
  tool: 128,
  service: 256,
  tokens: 512,
  cost: 1024,
  asked: 2048,
  last: 4096,
  ancestors: 8192,
  user: 16384,
  target: 32768,
  failure: 65536,
  canceled: 131072,
  asking: 262_144,
  told: 524_288,
} as const;

const ASKING_CELLS = 5;

/** Room for our kinds below OTLP's in one number. */
const KINDS = 16;

type Cell = string | number;

/** One JSON string for all spans of a chunk, in the chunk's order, strings interned, with FACTS_VERSION. */
export function encodeFacts(facts: readonly SpanFacts[]): string {
  const base = facts[0]?.start ?? 0n;
  const strings: string[] = [];
  const places = new Map<string, number>();
  const place = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    places.set(name, strings.length);
    return strings.push(name) - 1;
  };
  const spans = new Map<string, number>();
  facts.forEach((fact, at) => spans.set(fact.spanId, at));
  const rows = facts.map((fact) => encodeSpan(fact, base, place, spans));
  return JSON.stringify([FACTS_VERSION, String(base), strings, ...rows]);
}

function encodeSpan(
  fact: SpanFacts,
  base: bigint,
  place: (name: string) => number,
  spans: ReadonlyMap<string, number>,
): Cell[] {
  const last = lastOf(fact);
  let flags = (fact.running ? FLAG.running : 0) | (fact.error ? FLAG.error : 0) | (last === 0n ? 0 : FLAG.last);
  const more: Cell[] = [];
  const { session, query, tokens } = fact;
  if (session !== undefined) {
    flags |= FLAG.session;
    more.push(session.rank, place(session.value));
  }
  if (query !== undefined) {
    flags |= FLAG.query;
    more.push(place(query.name), place(query.namespace));
  }
  const named = [fact.agent, fact.team, fact.model, fact.tool, fact.service];
  named.forEach((name, at) => {
    if (name === undefined) return;
    flags |= FLAG.agent << at;
    more.push(place(name));
  });
  if (tokens !== undefined) {
    flags |= FLAG.tokens;
    more.push(tokens.input, tokens.output, tokens.cached, tokens.reasoning);
  }
  if (fact.cost !== undefined) {
    flags |= FLAG.cost;
    more.push(fact.cost);
  }
  if (fact.asked !== undefined) {
    flags |= FLAG.asked;
    more.push(fact.asked);
  }
  if (fact.ancestors !== undefined) {
    flags |= FLAG.ancestors;
    more.push(fact.ancestors.length);
    for (const { spanId, name } of fact.ancestors) more.push(place(spanId), place(name));
  }
  const said = [fact.user, fact.target, fact.failure];
  said.forEach((name, at) => {
    if (name === undefined) return;
    flags |= FLAG.user << at;
    more.push(place(name));
  });
  if (fact.canceled) flags |= FLAG.canceled;
  if (fact.asking !== undefined) {
    flags |= FLAG.asking;
    const { state, since, task, question, tool } = fact.asking;
    more.push(state === "asked" ? 1 : 0, compact(since - fact.start), task, question, tool ?? -1);
  }
  if (fact.told !== undefined) {
    flags |= FLAG.told;
    more.push(TOLD.indexOf(fact.told));
  }
  return [
    fact.spanId,
    fact.parentSpanId === "" ? -1 : (spans.get(fact.parentSpanId) ?? fact.parentSpanId),
    place(fact.name),
    SPAN_KINDS.indexOf(fact.kind) + KINDS * fact.otlpKind,
    flags,
    compact(fact.start - base),
    last === 0n ? 0 : compact(last - fact.start),
    fact.size,
    fact.hash,
    ...more,
  ];
}

function compact(nanoseconds: bigint): Cell {
  const count = Number(nanoseconds);
  return Number.isSafeInteger(count) ? count : String(nanoseconds);
}

/** `undefined` when the string is of another version. Text of this version that does not hold facts throws. */
export function decodeFacts(encoded: string): SpanFacts[] | undefined {
  if (!encoded.startsWith(`[${FACTS_VERSION},`)) return undefined;
  const [, base, strings, ...rows] = list(JSON.parse(encoded));
  const start = BigInt(text(base));
  const table = list(strings).map(text);
  const cells = rows.map(list);
  return cells.map((row) => decodeSpan(row, start, table, cells));
}

function decodeSpan(
  row: readonly unknown[],
  base: bigint,
  table: readonly string[],
  rows: readonly (readonly unknown[])[],
): SpanFacts {
  const kinds = number(row[3]);
  const otlpKind = Math.floor(kinds / KINDS);
  const kind = SPAN_KINDS[kinds - otlpKind * KINDS];
  if (kind === undefined) throw new TypeError("Facts: unknown kind");
  const flags = number(row[4]);
  const start = base + wide(row[5]);
  const last = flags & FLAG.last ? start + wide(row[6]) : 0n;
  const running = (flags & FLAG.running) !== 0;
  const facts: { -readonly [Field in keyof SpanFacts]: SpanFacts[Field] } = {
    spanId: text(row[0]),
    parentSpanId: typeof row[1] === "number" ? (row[1] < 0 ? "" : text(rows[row[1]]?.[0])) : text(row[1]),
    name: text(table[number(row[2])]),
    kind,
    otlpKind,
    start,
    end: running ? 0n : last,
    running,
    error: (flags & FLAG.error) !== 0,
    size: number(row[7]),
    hash: text(row[8]),
  };
  if (running && last !== 0n) facts.asOf = last;
  let at = 9;
  const named = (): string => text(table[number(row[at++])]);
  if (flags & FLAG.session) facts.session = { rank: number(row[at++]), value: named() };
  if (flags & FLAG.query) facts.query = { name: named(), namespace: named() };
  if (flags & FLAG.agent) facts.agent = named();
  if (flags & FLAG.team) facts.team = named();
  if (flags & FLAG.model) facts.model = named();
  if (flags & FLAG.tool) facts.tool = named();
  if (flags & FLAG.service) facts.service = named();
  if (flags & FLAG.tokens) {
    facts.tokens = {
      input: number(row[at++]),
      output: number(row[at++]),
      cached: number(row[at++]),
      reasoning: number(row[at++]),
    };
  }
  if (flags & FLAG.cost) facts.cost = number(row[at++]);
  if (flags & FLAG.asked) facts.asked = text(row[at++]);
  if (flags & FLAG.ancestors) {
    const length = number(row[at++]);
    facts.ancestors = Array.from({ length }, () => ({ spanId: named(), name: named() }));
  }
  if (flags & FLAG.user) facts.user = named();
  if (flags & FLAG.target) facts.target = named();
  if (flags & FLAG.failure) facts.failure = named();
  if (flags & FLAG.canceled) facts.canceled = true;
  if (flags & FLAG.asking) {
    const [state, since, task, question, tool] = row.slice(at, (at += ASKING_CELLS));
    facts.asking = {
      state: number(state) === 1 ? "asked" : "over",
      since: start + wide(since),
      task: text(task),
      question: text(question),
      ...(tool === -1 ? {} : { tool: text(tool) }),
    };
  }
  if (flags & FLAG.told) facts.told = TOLD[number(row[at++])] ?? "call";
  return facts;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("Facts: not a list");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("Facts: not a text");
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number") throw new TypeError("Facts: not a number");
  return value;
}

function wide(value: unknown): bigint {
  return BigInt(typeof value === "string" ? value : number(value));
}
