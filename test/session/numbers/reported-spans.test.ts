import { expect, test } from "vitest";
import { deriveFacts } from "../../../src/facts/facts.ts";
import type { SpanFacts } from "../../../src/facts/facts.ts";
import { deriveRecordFacts } from "../../../src/logs/record-facts.ts";
import { linkDerivedSpans } from "../../../src/session/correlate/derived-links.ts";
import type { EndedSpan } from "../../../src/session/numbers/ended-span.ts";
import { endedSpans } from "../../../src/session/numbers/ended-spans.ts";
import { ReportedSpans } from "../../../src/session/numbers/reported-spans.ts";
import { LIST_PRICES } from "../../../src/session/prices/prices.ts";
import { SessionParts } from "../../../src/session/session-parts.ts";
import { admitRecords, knowsRecord } from "../../../src/session/table/admit-records.ts";
import { NUMBERED_SPANS, RecentSpans } from "../../../src/session/table/recent-spans.ts";
import { SpanTable } from "../../../src/session/table/span-table.ts";
import { at, factsOf, id, TRACE } from "../../facts/facts-of.ts";
import { law, seedsFrom } from "../../law.ts";
import { generateItems } from "../derived-generator.ts";
import { Random } from "../seeded-random.ts";
import { itemsIn } from "../session-items.ts";
import type { Item } from "../session-items.ts";
import { generateTrees } from "../tree-generator.ts";

/** A session's object and what the directory has of it, as far as numbers are concerned. */
class Session {
  readonly #table = new SpanTable();
  readonly #recent = new RecentSpans();
  readonly #parts: SessionParts;
  readonly #reported = new ReportedSpans();
  readonly #directory = new Map<string, EndedSpan>();
  #revision = 0;

  constructor(mostRows?: number) {
    this.#parts = new SessionParts(this.#table, linkDerivedSpans, mostRows);
    this.#table.recent = this.#recent;
  }

  get traces(): readonly string[] {
    return [...this.#table.traces()];
  }

  deliver(items: readonly Item[]): this {
    this.#revision++;
    let position = 0;
    for (const item of items) {
      const { traceId } = item;
      if ("span" in item) {
        if (this.#table.compare(traceId, item.span) !== "known")
          this.#table.admit(traceId, item.span, this.#revision, position++);
      } else if (!knowsRecord(this.#table, traceId, item.record)) {
        admitRecords(this.#table, traceId, [item.record], this.#revision, position);
        position += item.record.spans.length;
        this.#parts.annotate(traceId);
      }
    }
    return this;
  }

  evict(traceId: string): void {
    this.#table.evictTrace(traceId);
  }

  get #folds() {
    return this.#parts.folds(LIST_PRICES);
  }

  /** The names of the spans in the report. A lost one does not reach the directory. */
  report(outcome: "stored" | "lost" = "stored"): string[] {
    const { spans, reported } = this.#reported.unreported(this.#recent, this.#folds);
    if (outcome === "stored") {
      for (const span of spans) this.#directory.set(span.key, span);
      reported();
    }
    return spans.map(({ name }) => name).toSorted();
  }

  ended(): EndedSpan[] {
    return endedSpans(this.#recent, this.#folds);
  }

  /** What the directory has of these. */
  known(spans: readonly EndedSpan[]): (EndedSpan | undefined)[] {
    return spans.map(({ key }) => this.#directory.get(key));
  }
}

const spans = (...facts: readonly SpanFacts[]): Item[] => facts.map((span) => ({ traceId: TRACE, span }));

/** Coding agents that export spans and log records of the same calls. */
const TRACED_AND_LOGGED = ["claude-code", "gemini-cli-terminal", "gemini-cli", "qwen-code"].map((agent) =>
  itemsIn(`traced-and-logged/${agent}.json`),
);

function generated(random: Random): readonly Item[] {
  const source = random.below(4);
  if (source === 0) return random.pick(TRACED_AND_LOGGED);
  if (source > 1) return generateTrees(random).map(({ traceId, facts }) => ({ traceId, span: facts }));
  return generateItems(random).map((item): Item => {
    if ("span" in item) {
      const span = deriveFacts(item.span, JSON.stringify(item.span), undefined, undefined);
      return { traceId: item.span.traceId, span };
    }
    const record = deriveRecordFacts(item.record, JSON.stringify(item.record), undefined, undefined);
    return { traceId: item.owner, record };
  });
}

// spec: NUM-3
law("reports together say what the last state of the session says", seedsFrom(7400, 150), (seed) => {
  const random = new Random(seed);
  const items = generated(random);
  const session = new Session(random.pick([4, 16, 512]));
  for (const delivery of random.cut(random.shuffle([...items, ...items.slice(0, 5)]), 8)) {
    session.deliver(delivery);
    if (random.chance(0.02)) session.evict(random.pick(session.traces));
    if (random.chance(0.3)) session.report(random.chance(0.7) ? "stored" : "lost");
    if (random.chance(0.1)) session.report();
  }
  session.report();
  const ended = session.ended();
  expect(session.known(ended)).toEqual(ended);
  expect(session.report()).toEqual([]);
});

law("reports together say of many spans what the last state says", seedsFrom(7600, 4), (seed) => {
  const random = new Random(seed);
  const session = new Session();
  const traces = [random.hex(32), random.hex(32), random.hex(32)];
  const items = Array.from({ length: 3 * NUMBERED_SPANS }, (_, n) => ({
    traceId: random.pick(traces),
    span: factsOf({
      spanId: id(n + 2),
      ...(random.chance(0.9) ? { parentSpanId: id(1 + random.below(n + 1)) } : {}),
      kind: random.pick(["agent", "tool", "llm"]),
      end: at(random.below(2 * NUMBERED_SPANS)),
      error: random.chance(0.1),
    }),
  }));
  for (const delivery of random.cut(random.chance(0.5) ? items : random.shuffle(items), 400)) {
    session.deliver(delivery);
    if (random.chance(0.7)) session.report(random.chance(0.7) ? "stored" : "lost");
    if (random.chance(0.05)) session.evict(random.pick(session.traces));
  }
  session.report();
  const ended = session.ended();
  expect(ended.length).toBeGreaterThan(0);
  expect(session.known(ended)).toEqual(ended);
  expect(session.report()).toEqual([]);
});

const AGENT = factsOf({ spanId: id(2), parentSpanId: id(1), kind: "agent", agent: "helper", start: at(1), end: at(8) });
const CALL = factsOf({ spanId: id(3), parentSpanId: id(2), name: "chat", kind: "llm", start: at(2), end: at(4) });
const SEARCH = factsOf({ spanId: id(4), parentSpanId: id(2), name: "search", kind: "tool", start: at(4), end: at(7) });
const POST = factsOf({ spanId: id(1), name: "POST", kind: "http", otlpKind: 2, route: "POST /chat", end: at(9) });

test("what was reported is not reported again until it changes", () => {
  const session = new Session().deliver(spans(AGENT, CALL));
  expect(session.report("lost")).toEqual(["chat", "span 2"]);
  expect(session.report()).toEqual(["chat", "span 2"]);
  expect(session.report()).toEqual([]);
  session.deliver(spans(SEARCH));
  expect(session.report()).toEqual(["search"]);
  // The agent is a part of a turn now, whose span is new.
  session.deliver(spans(POST));
  expect(session.report()).toEqual(["POST"]);
});

test("a turn is reported again when a span of it ends later", () => {
  const session = new Session().deliver(spans(POST, AGENT, CALL));
  expect(session.report()).toEqual(["POST", "chat", "span 2"]);
  session.deliver(spans(factsOf({ ...SEARCH, end: at(12) })));
  expect(session.report()).toEqual(["POST", "search"]);
});

test("tokens are reported again when the tool around them becomes known", () => {
  const tokens = { input: 7, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 };
  const inner = factsOf({ spanId: id(5), parentSpanId: id(4), name: "embed", kind: "embedding", tokens, end: at(6) });
  const plain = factsOf({ spanId: id(6), parentSpanId: id(4), name: "SELECT", kind: "db", end: at(6) });
  const session = new Session().deliver(spans(POST, AGENT, inner, plain));
  expect(session.report()).toEqual(["POST", "SELECT", "embed", "span 2"]);
  session.deliver(spans(SEARCH));
  expect(session.report()).toEqual(["embed", "search"]);
});
