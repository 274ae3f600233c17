import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../../src/facts/facts.ts";
import { compareEnds } from "../../../src/session/numbers/ended-span.ts";
import type { EndedSpan } from "../../../src/session/numbers/ended-span.ts";
import { endedSpans } from "../../../src/session/numbers/ended-spans.ts";
import { LIST_PRICES } from "../../../src/session/prices/prices.ts";
import { linkDerivedSpans } from "../../../src/session/correlate/derived-links.ts";
import { SessionParts } from "../../../src/session/session-parts.ts";
import { NUMBERED_SPANS, RecentSpans } from "../../../src/session/table/recent-spans.ts";
import { SpanTable } from "../../../src/session/table/span-table.ts";
import { at, factsOf, id, TRACE } from "../../facts/facts-of.ts";
import { law, seedsFrom } from "../../law.ts";
import { Random } from "../seeded-random.ts";
import { generateSession } from "../session-generator.ts";
import type { Sent } from "../session-generator.ts";

/** A session's object, as far as numbers are concerned. */
class Session {
  readonly table = new SpanTable();
  readonly recent = new RecentSpans();
  readonly parts: SessionParts;
  #revision = 0;

  constructor(mostRows?: number) {
    this.parts = new SessionParts(this.table, linkDerivedSpans, mostRows);
    this.table.recent = this.recent;
  }

  deliver(sent: readonly Sent[]): this {
    this.#revision++;
    for (const [position, { traceId, facts }] of sent.entries())
      if (this.table.compare(traceId, facts) !== "known") this.table.admit(traceId, facts, this.#revision, position);
    return this;
  }

  ended(): EndedSpan[] {
    return endedSpans(this.recent, this.parts.folds(LIST_PRICES)).toSorted(compareEnds);
  }
}

const sent = (...facts: readonly SpanFacts[]): Sent[] => facts.map((fact) => ({ traceId: TRACE, facts: fact }));
const tokens = (input: number, output: number) => ({
  input,
  output,
  cached: 0,
  written: 0,
  written1h: 0,
  reasoning: 0,
});

const POST = factsOf({ spanId: id(1), name: "POST", kind: "http", otlpKind: 2, route: "POST /chat", end: at(9) });
const AGENT = factsOf({ spanId: id(2), parentSpanId: id(1), kind: "agent", agent: "helper", start: at(1), end: at(8) });
const CALL = factsOf({
  spanId: id(3),
  parentSpanId: id(2),
  name: "chat gpt-5",
  kind: "llm",
  model: "gpt-5",
  tokens: tokens(100, 10),
  cost: 0.5,
  start: at(2),
  end: at(4),
});
const SEARCH = factsOf({
  spanId: id(4),
  parentSpanId: id(2),
  name: "execute_tool search",
  kind: "tool",
  tool: "search",
  error: true,
  start: at(4),
  end: at(7),
});
const IN_SEARCH = factsOf({
  spanId: id(5),
  parentSpanId: id(4),
  name: "embed",
  kind: "embedding",
  model: "small",
  tokens: tokens(7, 0),
  start: at(5),
  end: at(6),
});

/** "<seconds> <kind> <name> …". */
function line(span: EndedSpan): string {
  const { duration, kind, name, failed, route, model, tool, usage, usageOf, turn } = span;
  const parts = [
    `${duration / 1e9}s ${kind} ${name}`,
    failed && "failed",
    route !== undefined && `route ${route}`,
    model !== undefined && `model ${model}`,
    tool !== undefined && `tool ${tool}`,
    usage && `${usage.tokens.input}+${usage.tokens.output} of ${usageOf?.model ?? "-"} in ${usageOf?.tool ?? "-"}`,
    turn && `turn ${turn.duration / 1e9}s ${turn.usage?.tokens.input}+${turn.usage?.tokens.output}`,
  ];
  return parts.filter((part) => part !== false && part !== undefined).join(", ");
}

test("what numbers are made of, the latest first", () => {
  expect(
    new Session()
      .deliver(sent(POST, AGENT, CALL, SEARCH, IN_SEARCH))
      .ended()
      .map(line),
  ).toEqual([
    "9s http POST, route POST /chat, turn 9s 107+10",
    "7s agent span 2",
    "3s tool execute_tool search, failed, tool search",
    "1s embedding embed, model small, 7+0 of small in search",
    "2s llm chat gpt-5, model gpt-5, 100+10 of gpt-5 in -",
  ]);
});

test("names of inner spans, which the table omits, are known", () => {
  const inner = factsOf({ spanId: id(6), parentSpanId: id(1), name: "SELECT users", kind: "db", end: at(2) });
  expect(new Session().deliver(sent(POST, inner)).ended().map(line)).toContain("2s db SELECT users");
});

test("no turn while its span is missing or runs, and no span while it runs", () => {
  expect(new Session().deliver(sent(CALL)).ended().map(line)).toEqual([
    "2s llm chat gpt-5, model gpt-5, 100+10 of gpt-5 in -",
  ]);
  const running = factsOf({ ...POST, end: 0n, running: true });
  const session = new Session().deliver(sent(running, AGENT));
  expect(session.ended().map(line)).toEqual(["7s agent span 2"]);
  expect(session.deliver(sent(POST)).ended()).toHaveLength(2);
});

test.each([
  ["a start that was never set", { start: 0n, end: at(1) }],
  ["an end that was never set", { start: at(0), end: 2n ** 64n - 1n }],
  ["a span of three months", { start: at(0), end: at(90 * 86_400) }],
])("%s does not count", (_, times) => {
  expect(new Session().deliver(sent(factsOf({ spanId: id(1), ...times }))).ended()).toEqual([]);
});

test("a span that ends before it starts lasts 0", () => {
  expect(new Session().deliver(sent(factsOf({ spanId: id(1), start: at(5), end: at(1) }))).ended()[0]?.duration).toBe(
    0,
  );
});

describe("the spans that ended last", () => {
  const many = Array.from({ length: 3 * NUMBERED_SPANS }, (_, n) =>
    factsOf({ spanId: id(n + 1), start: at(n), end: at(n + 0.5) }),
  );
  const latest = many.slice(-NUMBERED_SPANS).toReversed();

  // spec: NUM-2
  test.each([
    ["rising", many],
    ["falling", many.toReversed()],
    ["mixed", new Random(5).shuffle(many)],
  ])("are 1,000 at most, whichever came first: %s", (_, spans) => {
    const session = new Session();
    for (let from = 0; from < spans.length; from += 500) session.deliver(sent(...spans.slice(from, from + 500)));
    const found = session.ended();
    expect(found).toHaveLength(NUMBERED_SPANS);
    expect(found.map(({ end }) => BigInt(end) * 1_000n)).toEqual(latest.map(({ end }) => end));
  });

  test("of equal ends are the same ones, whichever came first", () => {
    const equal = many.map((facts) => factsOf({ ...facts, end: at(9_999) }));
    const keys = (spans: readonly SpanFacts[]) =>
      new Session()
        .deliver(sent(...spans))
        .ended()
        .map(({ key }) => key);
    expect(keys(equal)).toEqual(keys(equal.toReversed()));
  });

  test("are those of the traces that are left", () => {
    const session = new Session().deliver(sent(...many));
    const other = { traceId: "ab".repeat(16), facts: factsOf({ spanId: id(9), name: "other", end: at(1) }) };
    session.table.evictTrace(TRACE);
    expect(session.ended()).toEqual([]);
    expect(session.deliver([other]).ended().map(line)).toEqual(["1s internal other, turn 1s undefined+undefined"]);
  });
});

// spec: NUM-3
law("the order of deliveries, their cuts and parts do not show", seedsFrom(7300, 40), (seed) => {
  const random = new Random(seed);
  const session = generateSession(random);
  const whole = new Session().deliver(session).ended();
  const cut = new Session(random.pick([4, 16, 512]));
  for (const delivery of random.cut(random.shuffle([...session, ...session.slice(0, 5)]), 8)) {
    cut.deliver(delivery);
    if (random.chance(0.5)) cut.ended();
  }
  expect(cut.ended()).toEqual(whole);
});
