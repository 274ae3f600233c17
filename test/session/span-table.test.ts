import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import * as Row from "../../src/session/table/span-rows.ts";
import { at, factsOf, id, TRACE, without } from "../facts/facts-of.ts";
import { law } from "../law.ts";
import { Random } from "./seeded-random.ts";

const OTHER_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

function tableOf(facts: readonly SpanFacts[]): SpanTable {
  const table = new SpanTable();
  facts.forEach((fact, position) => table.admit(TRACE, fact, 1, position));
  return table;
}

function named(spanId: string, rank: number, value: string, more: Partial<SpanFacts> = {}): SpanFacts {
  return factsOf({ spanId: id(spanId), parentSpanId: id(9), session: { rank, value }, ...more });
}

describe("which spans are new", () => {
  const running = factsOf({ spanId: id(1), running: true });
  const ended = factsOf({ spanId: id(1) });

  // spec: ID-5
  test("a span is new, then known; a better version supersedes it, and the superseded one never returns", () => {
    const table = new SpanTable();
    expect(table.compare(TRACE, running)).toBe("new");
    table.admit(TRACE, running, 1, 0);
    expect(table.compare(TRACE, running)).toBe("known");
    expect(table.compare(TRACE, ended)).toBe("better");
    table.admit(TRACE, ended, 2, 0);
    expect(table.compare(TRACE, running)).toBe("known");
    expect(table.compare(TRACE, ended)).toBe("known");
    expect(table.size).toBe(1);
  });

  test("comparing changes nothing, not even the list of traces", () => {
    const table = new SpanTable();
    table.compare(TRACE, running);
    expect([...table.traces()]).toEqual([]);
  });

  // spec: ID-1
  test("the same id in another trace or of another OTLP kind is another span", () => {
    const table = tableOf([ended]);
    expect(table.compare(OTHER_TRACE, ended)).toBe("new");
    expect(table.compare(TRACE, { ...ended, otlpKind: 3 })).toBe("new");
  });

  test("kinds that OTLP does not know yet stay apart", () => {
    const table = tableOf([{ ...ended, otlpKind: 1000 }]);
    expect(table.compare(TRACE, { ...ended, otlpKind: 1000 })).toBe("known");
    expect(table.compare(TRACE, { ...ended, otlpKind: 1000 + 256 })).toBe("new");
    expect(tableOf([{ ...ended, otlpKind: -1 }]).compare(TRACE, { ...ended, otlpKind: -1 })).toBe("known");
  });

  // spec: ID-6
  test("a superseded version is stored if it has a new session name", () => {
    const naming = { ...running, session: { rank: 2, value: "s-1" } };
    const table = tableOf([ended]);
    expect(table.compare(TRACE, naming)).toBe("naming");
    table.admit(TRACE, naming, 2, 0);
    expect(table.compare(TRACE, naming)).toBe("known");
    expect(table.sessionName(TRACE)).toEqual({ rank: 2, value: "s-1" });
    expect(table.superseded(2)).toEqual([0]);
  });
});

describe("which positions of the log are superseded", () => {
  const running = factsOf({ spanId: id(1), running: true });
  const ended = factsOf({ spanId: id(1) });

  test("the worse version's, whichever was admitted first", () => {
    const inOrder = new SpanTable();
    inOrder.admit(TRACE, running, 1, 7);
    inOrder.admit(TRACE, ended, 2, 3);
    const reversed = new SpanTable();
    reversed.admit(TRACE, ended, 2, 3);
    reversed.admit(TRACE, running, 1, 7);
    for (const table of [inOrder, reversed]) expect([table.superseded(1), table.superseded(2)]).toEqual([[7], []]);
  });

  test("admitting the same log twice supersedes nothing more", () => {
    const table = new SpanTable();
    for (let round = 0; round < 2; round++) {
      table.admit(TRACE, running, 1, 7);
      table.admit(TRACE, ended, 2, 3);
    }
    expect([table.superseded(1), table.superseded(2)]).toEqual([[7], []]);
  });

  test("a repeat within one delivery is superseded, ascending", () => {
    expect(tableOf([ended, factsOf({ spanId: id(2) }), ended, ended]).superseded(1)).toEqual([2, 3]);
  });
});

describe("session names of a trace", () => {
  // spec: BIND-1
  test("rank wins, then a span without parent, then the earliest start, then the smaller span id", () => {
    const names = [
      named("5", 3, "conversation", { parentSpanId: "", start: at(-9) }),
      named("1", 2, "later", { start: at(2) }),
      named("3", 2, "same start, larger id", { start: at(1) }),
      named("2", 2, "earliest", { start: at(1) }),
      named("6", 2, "of the root", { parentSpanId: "", start: at(8) }),
      named("7", 1, "ark", { start: at(9) }),
    ];
    const best = names.map((_, count) => tableOf(names.slice(0, count + 1)).sessionNames(TRACE).best?.value);
    expect(best).toEqual(["conversation", "later", "same start, larger id", "earliest", "of the root", "ark"]);
    const also = ["of the root", "earliest", "same start, larger id", "later", "conversation"];
    expect(tableOf(names).sessionNames(TRACE)).toEqual({ best: { rank: 1, value: "ark" }, also });
    expect(tableOf(names.toReversed()).sessionNames(TRACE)).toEqual({ best: { rank: 1, value: "ark" }, also });
  });

  // spec: BIND-3
  test("a name stays although the better version of the span has none", () => {
    const running = named("1", 2, "s-1", { running: true });
    const table = tableOf([running, { ...without(running, "session"), running: false, end: at(1) }]);
    expect(table.sessionName(TRACE)).toEqual({ rank: 2, value: "s-1" });
  });

  law("with more names than are remembered, order does not show", [20261121, 7, 4242], (seed) => {
    const random = new Random(seed);
    const names = Array.from({ length: 60 }, () =>
      named(random.hex(4), 1 + random.below(3), `name ${random.below(25)}`, {
        start: at(random.below(4)),
        parentSpanId: random.chance(0.2) ? "" : id(9),
      }),
    );
    const expected = tableOf(names).sessionNames(TRACE);
    expect(expected.also).toHaveLength(7);
    expect(tableOf(random.shuffle(names)).sessionNames(TRACE)).toEqual(expected);
  });
});

describe("evicting a trace", () => {
  test("evicts its spans, names and superseded positions; the others stay", () => {
    const table = new SpanTable();
    const spans = Array.from({ length: 500 }, (_, n) =>
      factsOf({
        spanId: id(n + 1),
        kind: "tool",
        tool: `tool ${n % 7}`,
        tokens: { input: n, output: 1, cached: 0, written: 0, written1h: 0, reasoning: 0 },
      }),
    );
    spans.forEach((span, n) =>
      table.admit(n % 3 === 0 ? TRACE : OTHER_TRACE, { ...span, session: { rank: 1, value: "s" } }, n, 0),
    );
    table.admit(TRACE, spans[0] as SpanFacts, 1000, 0);
    table.evictTrace(TRACE);
    expect([...table.traces()]).toEqual([OTHER_TRACE]);
    expect(table.size).toBe(333);
    expect(table.sessionName(TRACE)).toBeUndefined();
    expect(table.superseded(1000)).toEqual([]);
    const standings = spans.map((span, n) => table.compare(n % 3 === 0 ? TRACE : OTHER_TRACE, span));
    expect(standings.filter((standing) => standing === "known")).toHaveLength(333);
    expect(standings.filter((standing) => standing === "new")).toHaveLength(167);
    expect(table.text(0, Row.SUBJECT)).toBe("tool 1");
    const sum = { input: 0, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 };
    for (let row = 0; row < table.size; row++) table.usage.addTokensTo(sum, table.rows.word(row, Row.USAGE));
    expect(sum).toEqual({
      input: spans.reduce((all, _, n) => all + (n % 3 === 0 ? 0 : n), 0),
      output: 333,
      cached: 0,
      written: 0,
      written1h: 0,
      reasoning: 0,
    });
  });

  test("evicts its texts too, so that a long session has room for new ones", () => {
    const long = "x".repeat(200);
    const table = new SpanTable();
    const say = (traceId: string, from: number) => {
      for (let n = from; n < from + 9000; n++) {
        table.admit(traceId, factsOf({ spanId: id(n), name: `${n} ${long}`, size: 1, hash: id(n) }), n, 0);
      }
    };
    say(TRACE, 1);
    table.evictTrace(TRACE);
    say(OTHER_TRACE, 20_001);
    expect(table.text(8999, Row.NAME)).toBe(`29000 ${long}`);
  });
});

describe("size", () => {
  test("50000 spans with superseded versions: these are counted too", () => {
    const table = new SpanTable();
    const spans = 50_000;
    const batch = 50;
    for (let n = 0; n < spans; n++) {
      const ended = factsOf({ spanId: id(n + 1), name: `span ${n % 400}`, end: at(2) });
      const revision = 1 + 2 * Math.floor(n / batch);
      table.admit(TRACE, { ...without(ended, "end"), end: 0n, running: true }, revision, n % batch);
      table.admit(TRACE, ended, revision + 1, n % batch);
    }
    expect(table.superseded(1)).toHaveLength(batch);
    const [bytes, before] = [table.bytes / spans, table.bytes];
    expect(bytes).toBeLessThanOrEqual(150);
    expect(bytes).toBeGreaterThan(100);
    table.evictTrace(TRACE);
    expect(table.bytes).toBeLessThan(before - spans * 32);
  });

  test("20000 spans that end in the reverse of the order of their starts are superseded, ascending", () => {
    const table = new SpanTable();
    const spans = 20_000;
    for (let n = 0; n < spans; n++) table.admit(TRACE, factsOf({ spanId: id(n + 1), end: 0n, running: true }), 1, n);
    for (let n = spans - 1; n >= 0; n--) table.admit(TRACE, factsOf({ spanId: id(n + 1) }), 2, spans - 1 - n);
    expect(table.superseded(1)).toEqual(Array.from({ length: spans }, (_, n) => n));
    expect(table.continuations.of(2)[0]).toEqual({ position: 0, ran: true });
  });

  test("a string too many reads (other); memory does not grow with what senders make up", () => {
    const table = new SpanTable();
    const long = "x".repeat(200);
    for (let n = 0; n < 12_000; n++)
      table.admit(TRACE, factsOf({ spanId: id(n + 1), name: `${n} ${long}`, size: 1, hash: id(n) }), n, 0);
    expect(table.text(0, Row.NAME)).toBe(`0 ${long}`);
    expect(table.text(11_999, Row.NAME)).toBe("(other)");
    expect(table.bytes).toBeLessThan(12_000 * 110 + 4_000_000);
  });
});
