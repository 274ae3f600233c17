import { describe, expect, test } from "vitest";
import { ReadingRows, shownRows } from "../../../src/session/transcript/reading-rows.ts";
import type { ReadingRow, RowFilter } from "../../../src/session/transcript/reading-rows.ts";
import { ViewTranscript } from "../../../src/session/transcript/view-transcript.ts";
import type { SessionView } from "../../../src/session/view/session-view.ts";
import { assistant, calls, llm, NOW, result, sketched, spanOfSketch, user, viewOf } from "./session-of.ts";
import type { Sketch } from "./session-of.ts";
import { printRows } from "./print-rows.ts";

const rowsOf = (view: SessionView): readonly ReadingRow[] => {
  const transcript = new ViewTranscript(view).at(NOW);
  return transcript === undefined ? [] : new ReadingRows().of(transcript).flat();
};

const TRIP: readonly Sketch[] = [
  { id: 1, name: "query.trip", with: { "query.name": "trip" }, start: 0, end: 60 },
  { id: 2, parent: 1, name: "agent.weather", with: { "agent.name": "weather" }, start: 1, end: 50 },
  llm(
    { id: 3, parent: 2, start: 1, end: 3 },
    [user("Will it rain in Porto?")],
    [calls("c1", "forecast", { city: "Porto" })],
  ),
  {
    id: 4,
    parent: 2,
    name: "tool.forecast",
    start: 3,
    end: 4,
    with: {
      "tool.name": "forecast",
      "gen_ai.tool.call.id": "c1",
      "input.value": { city: "Porto" },
      "output.value": "rain",
    },
  },
  { id: 5, parent: 2, name: "GET", start: 3, end: 4, with: { "http.request.method": "GET" } },
  llm(
    { id: 6, parent: 2, start: 40, end: 42 },
    [user("Will it rain in Porto?"), calls("c1", "forecast", { city: "Porto" }), result("c1", "rain")],
    [assistant("Yes, all day.")],
  ),
];

describe("the rows of a transcript", () => {
  test("a model that only calls tools has a row, an agent holds its steps, and a pause is a row", () => {
    expect(printRows(rowsOf(sketched(TRIP)))).toEqual([
      "turn 1 trip",
      "  user: Will it rain in Porto?",
      "  agent weather",
      "    text gpt-5 calls forecast",
      '    tool forecast({"city":"Porto"}) → rain',
      "    gap 36.0\u00a0s",
      "    text gpt-5: Yes, all day.",
    ]);
  });

  test("ids are unique, and stay when the session grows", () => {
    const before = rowsOf(sketched(TRIP.slice(0, 4))).map(({ id }) => id);
    const after = rowsOf(sketched(TRIP)).map(({ id }) => id);
    expect(new Set(after).size).toBe(after.length);
    expect(before.every((id) => after.includes(id))).toBe(true);
  });

  test("rows of a turn that did not change are the same objects", () => {
    const second = (id: number): Sketch => ({
      id,
      name: "query.again",
      trace: "5b8aa5a2d2c872e8321cf37308d69d00",
      with: { "query.name": "again", "input.value": "And tomorrow?", "session.id": "s" },
      start: 70,
      end: 80,
    });
    const named = TRIP.map((sketch) => ({ ...sketch, with: { ...sketch.with, "session.id": "s" } }));
    const view = viewOf([named.map((sketch) => spanOfSketch(sketch))]);
    const transcript = new ViewTranscript(view);
    const rows = new ReadingRows();
    const first = rows.of(transcript.at(NOW) ?? { summary: never(), turns: [] }).flat();
    view.apply({
      type: "spans",
      received: "0",
      receipt: { encoding: "json", spans: 1 },
      resourceSpans: [{ scopeSpans: [{ spans: [spanOfSketch(second(20))] }] }],
    });
    const grown = rows.of(transcript.at(NOW) ?? { summary: never(), turns: [] }).flat();
    expect(grown.length).toBeGreaterThan(first.length);
    expect(first.every((row, at) => grown[at] === row)).toBe(true);
  });

  const ALL: RowFilter = { passes: () => true, isClosed: () => false, turn: undefined };

  test("a closed section hides its rows, also when they are nested", () => {
    const rows = rowsOf(sketched(TRIP));
    const closed = shownRows(rows, { ...ALL, isClosed: ({ of }) => of.kind === "agent" });
    expect(printRows(closed)).toEqual(["turn 1 trip", "  user: Will it rain in Porto?", "  agent weather"]);
    expect(printRows(shownRows(rows, { ...ALL, isClosed: ({ of }) => of.kind === "turn" }))).toEqual(["turn 1 trip"]);
  });

  test("a filter keeps the sections around what passes", () => {
    const rows = rowsOf(sketched(TRIP));
    const tool = rows.find(({ of }) => of.kind === "tool")?.key;
    expect(printRows(shownRows(rows, { ...ALL, passes: ({ key }) => key === tool }))).toEqual([
      "turn 1 trip",
      "  agent weather",
      '    tool forecast({"city":"Porto"}) → rain',
      "    gap 36.0\u00a0s",
    ]);
  });

  test("deep nesting and many siblings are walked without recursion", () => {
    const deep = Array.from({ length: 5_000 }, (_, at): Sketch => ({
      id: at + 1,
      ...(at === 0 ? {} : { parent: at }),
      name: `agent.${at}`,
      with: { "agent.name": `a${at}` },
      end: 9,
    }));
    const rows = rowsOf(viewOf([deep.map((sketch) => spanOfSketch(sketch))]));
    expect(rows.length).toBeGreaterThan(4_900);
    expect(shownRows(rows, ALL).length).toBe(rows.length);
  });
});

describe("a transcript that grows", () => {
  test("is the same as one that is folded anew, whatever the order of delivery", () => {
    for (const order of [TRIP, TRIP.toReversed(), [...TRIP.slice(3), ...TRIP.slice(0, 3)]]) {
      const view = viewOf([]);
      const growing = new ViewTranscript(view);
      for (const sketch of order) {
        view.apply({
          type: "spans",
          received: "0",
          receipt: { encoding: "json", spans: 1 },
          resourceSpans: [{ scopeSpans: [{ spans: [spanOfSketch(sketch)] }] }],
        });
        expect(growing.at(NOW)).toEqual(new ViewTranscript(view).at(NOW));
      }
    }
  });
});

function never(): never {
  throw new Error("the session is empty");
}

describe("turns in which nothing was said", () => {
  const plumbing = (id: number, start: number): Sketch => ({
    id,
    name: "thread/list",
    start,
    trace: `${id}`.padStart(32, "0"),
  });
  const asked = (id: number, start: number): Sketch => ({
    ...llm({ id, start }, [user(`Question ${id}`)], [assistant(`Answer ${id}`)]),
    trace: `${id}`.padStart(32, "0"),
  });
  const print = (sketches: readonly Sketch[]): string[] =>
    rowsOf(viewOf(sketches.map((sketch) => [{ ...spanOfSketch(sketch) }])))
      .filter(({ depth }) => depth === 0)
      .map(({ of }) =>
        of.kind === "silent" ? `silent ${of.from}–${of.to}` : of.kind === "turn" ? `turn ${of.turn.number}` : of.kind,
      );

  test("neighbours are one line, as in Markdown", () => {
    expect(print([plumbing(1, 1), plumbing(2, 2), asked(3, 3), plumbing(4, 5), asked(5, 7)])).toEqual([
      "silent 1–2",
      "turn 3",
      "silent 4–4",
      "turn 5",
    ]);
  });

  test("where nothing is said at all, they are what there is", () => {
    expect(print([plumbing(1, 1), plumbing(2, 2)])).toEqual(["turn 1", "turn 2"]);
  });
});
