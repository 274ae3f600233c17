import { describe, expect, test } from "vitest";
import { element, htmlOf } from "../../src/overview/element.ts";
import { overview } from "../../src/overview/overview.ts";
import type { OverviewAnswer } from "../../src/session/contract/overview.ts";
import type { FiguresAnswer } from "../../src/session/numbers/numbers-answer.ts";
import type { WaterfallBar } from "../../src/session/latest-trace.ts";
import { withStatus } from "../../src/session/liveness.ts";
import { BARE_SUMMARY, OVER } from "../session/bare-summary.ts";

const AT = 1_790_000_100_000;
const NO_TOKENS = { input: 0, output: 0, cached: 0, written: 0, written1h: 0, reasoning: 0 };
const NONE: FiguresAnswer = { count: 0, errors: 0, tokens: NO_TOKENS, unpriced: 0 };

const EMPTY: OverviewAnswer = {
  at: AT,
  resourceVersion: "0.0",
  now: [],
  numbers: {
    limit: 1_000,
    sessions: { all: 0, waiting: 0, stalled: 0, running: 0, idle: 0, failed: 0, finished: 0 },
    spans: NONE,
    turns: NONE,
  },
};

const html = (answer: OverviewAnswer): string => overview(answer).map(htmlOf).join("");
/** Without tags; no-break spaces as spaces. */
const text = (answer: OverviewAnswer): string =>
  html(answer)
    .replace(/<[^>]*>/g, " ")
    .replaceAll("\u00a0", " ")
    .replace(/\s+/g, " ")
    .trim();

const bar = (given: Partial<WaterfallBar>): WaterfallBar => ({
  name: "step",
  kind: "internal",
  state: "ended",
  depth: 0,
  start: 0,
  duration: 1e9,
  ...given,
});

const withBars = (bars: readonly WaterfallBar[], duration = 4e9, omitted = 0): OverviewAnswer => ({
  ...EMPTY,
  latest: { session: "s/1", title: "A <b>title</b>", traceId: "0".repeat(32), start: "0", duration, bars, omitted },
});

test("texts are escaped in contents and attributes", () => {
  const hostile = `</p><script>"&'`;
  expect(htmlOf(element("p", { title: hostile }, hostile, undefined, element("b")))).toBe(
    `<p title="&lt;/p&gt;&lt;script&gt;&quot;&amp;'">&lt;/p&gt;&lt;script&gt;&quot;&amp;'<b></b></p>`,
  );
});

test("it says which upstreams are off and why", () => {
  const off = [{ upstream: "langfuse", reason: "UPSTREAM_KEY has no key that decrypts its headers: put the key back" }];
  expect(text({ ...EMPTY, off })).toMatch(
    /^Upstream langfuse is off: UPSTREAM_KEY has no key that decrypts its headers: put the key back\. Now /,
  );
});

test("of nothing it says what to do", () => {
  expect(text(EMPTY)).toBe(
    "Now Nothing waits, runs or stalls. All sessions Upstreams Numbers Sessions now 0 of 0 Turns 0 Spans 0 Errors 0 Turn p50 – Turn p95 – Turn p99 – Tokens 0 Cost – Of spans that ended: none so far. As JSON , for Prometheus Latest trace No span was received yet. Set OTEL_EXPORTER_OTLP_ENDPOINT of a program to the address of this page, and run it.",
  );
});

test("what waits comes first, with its question, then what stalls and runs", () => {
  const nanos = (secondsAgo: number): string => `${AT - secondsAgo * 1_000}000000`;
  const session = (id: string, liveness: Partial<typeof OVER> & object, silent: number) =>
    withStatus({ ...BARE_SUMMARY, id, title: id, liveness: { ...OVER, ...liveness, lastArrival: nanos(silent) } }, AT);
  const now = [
    session("runs", { running: 1 }, 1),
    session("stalls", { running: 1 }, 150),
    session("waits", { waiting: { question: "Which \u202Eone?", since: nanos(90) } }, 5),
  ];
  const shown = text({ ...EMPTY, now });
  expect(shown).toMatch(
    /^Now Waiting 1 m 30 s waits Which ⟨RLO⟩one\? Stalled 2 m 30 s stalls Running runs All sessions/,
  );
});

test("the strip says the same as /metrics.json, and how far back it reaches", () => {
  const spans: FiguresAnswer = {
    ...NONE,
    count: 1_000,
    errors: 12,
    tokens: { ...NO_TOKENS, input: 40_000, output: 2_300 },
    cost: 1.25,
    estimated: 0.25,
  };
  const turns: FiguresAnswer = { ...NONE, count: 40, p50: "1500000000", p95: "62000000000", p99: "90000000" };
  const numbers = { ...EMPTY.numbers, spans, turns, from: `${AT - 3_900_000}000000`, to: `${AT}000000` };
  expect(text({ ...EMPTY, numbers })).toContain(
    "Turns 40 Spans 1,000 Errors 12 Turn p50 1.50 s Turn p95 1 m 02 s Turn p99 90 ms Tokens 42.3k Cost ≈ $1.25 Of the last 1,000 spans that ended: back to 1 h 05 m ago.",
  );
});

describe("the waterfall", () => {
  const rects = (answer: OverviewAnswer): string[] =>
    Array.from(
      html(answer).matchAll(
        /<rect class="([^"]*)" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="12"><title>(.*?)<\/title>/g,
      ),
      ([, ...found]) => found.join(" "),
    );

  test("has a rect for each span, each deeper one lower, in the share of the trace's time", () => {
    const bars = [
      bar({ duration: 4e9, state: "running", kind: "agent" }),
      bar({ depth: 1, start: 1e9, duration: 2e9, state: "failed", kind: "tool" }),
      bar({ depth: 2, start: 1.5e9, duration: 1_000 }),
    ];
    expect(rects(withBars(bars))).toEqual([
      "front-bar front-bar-running kind-agent 0.0 5 1000.0 step · agent · running",
      "front-bar front-bar-failed kind-tool 250.0 27 500.0 step · tool · failed",
      // A short span is still to be seen.
      "front-bar front-bar-ended kind-internal 375.0 49 4.0 step · internal · ended",
    ]);
    expect(html(withBars(bars))).toContain('viewBox="0 0 1000 66"');
  });

  test("keeps spans outside of the trace's time, and those of no time, within the drawing", () => {
    const bars = [
      bar({ start: -5e18, duration: 1 }),
      bar({ start: 9e18, duration: 9e18 }),
      bar({ start: 4e9, duration: 0 }),
    ];
    expect(rects(withBars(bars)).map((rect) => rect.split(" ").slice(3, 6).join(" "))).toEqual([
      "0.0 5 4.0",
      "996.0 27 4.0",
      "996.0 49 4.0",
    ]);
    expect(rects(withBars([bar({ duration: 0 })], 0))[0]).toContain(" 0.0 5 4.0 ");
  });

  test("names its session, and spans that are left out", () => {
    expect(html(withBars([bar({})]))).toContain(
      '<a href="/sessions/s%2F1"><bdi class="untrusted" dir="auto">A &lt;b&gt;title&lt;/b&gt;</bdi></a>',
    );
    expect(text(withBars([bar({})], 4e9, 2))).toContain(
      "3 spans · 4.00 s step 1.00 s step · internal · ended 2 more spans in the session.",
    );
  });
});
