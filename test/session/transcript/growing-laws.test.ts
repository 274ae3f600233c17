import { describe, expect, test } from "vitest";
import type { SessionStreamEvent } from "../../../src/session/contract/stream-events.ts";
import { ReadingRows } from "../../../src/session/transcript/reading-rows.ts";
import { ViewTranscript } from "../../../src/session/transcript/view-transcript.ts";
import { wholeView } from "../whole-view.ts";
import { law, seedsFrom } from "../../law.ts";
import { Random } from "../seeded-random.ts";
import { assistant, calls, llm, NOW, result, spanOfSketch, user, viewOf } from "./session-of.ts";
import type { Sketch } from "./session-of.ts";
import { printRows } from "./print-rows.ts";

/** So small that these sessions have several parts, and some traces too. */
const MOST_ROWS = 6;

describe("a transcript that grows", () => {
  law("is the same as one of the whole session that is folded anew, after each event", seedsFrom(100, 150), (seed) => {
    const random = new Random(seed);
    const view = wholeView("s-1", undefined, MOST_ROWS);
    const growing = new ViewTranscript(view);
    const rows = new ReadingRows();
    const seen: SessionStreamEvent[] = [];
    for (const event of eventsOf(random)) {
      view.apply(event);
      seen.push(event);
      if (random.chance(0.3)) continue;
      const whole = wholeView("s-1", undefined, Number.POSITIVE_INFINITY);
      for (const one of seen) whole.apply(one);
      const anew = new ViewTranscript(whole).at(NOW);
      const grown = growing.at(NOW);
      expect(grown).toEqual(anew);
      if (grown === undefined || anew === undefined) continue;
      expect(printRows(rows.of(grown).flat())).toEqual(printRows(new ReadingRows().of(anew).flat()));
    }
  });

  law("comes to the same a few turns at a time, while more arrives and is read again", seedsFrom(200, 60), (seed) => {
    const random = new Random(seed);
    const view = wholeView("s-1", undefined, MOST_ROWS);
    const growing = new ViewTranscript(view, "shown", random.below(9), 1 + random.below(4));
    for (const event of eventsOf(random)) {
      view.apply(event);
      let left = random.below(3);
      growing.at(NOW, () => left-- > 0);
    }
    const anew = new ViewTranscript(view).at(NOW);
    let grown = growing.at(NOW, () => false);
    const length = anew?.turns.length ?? 0;
    for (let folds = 0; grown !== undefined && grown.folded < length; folds++) {
      expect(folds).toBeLessThanOrEqual(length);
      expect(grown.turns.map(({ number }) => number)).toEqual(anew?.turns.map(({ number }) => number));
      expect(grown.turns.slice(0, grown.folded)).toEqual(anew?.turns.slice(0, grown.folded));
      grown = growing.at(NOW, () => false);
    }
    expect(grown).toEqual(anew);
  });

  law("comes to the same when new turns wait, and says which of them do", seedsFrom(300, 80), (seed) => {
    const random = new Random(seed);
    const view = wholeView("s-1", undefined, MOST_ROWS);
    const growing = new ViewTranscript(view);
    const rows = new ReadingRows();
    for (const event of eventsOf(random)) {
      view.apply(event);
      if (random.chance(0.3)) continue;
      const waits = random.chance(0.7);
      const grown = growing.at(NOW, waits ? "until new" : undefined);
      const anew = new ViewTranscript(view).at(NOW);
      if (grown === undefined || anew === undefined) continue;
      if (!waits) expect(grown.folded).toBe(anew.turns.length);
      expect(grown.turns.slice(0, grown.folded)).toEqual(anew.turns.slice(0, grown.folded));
      const ahead = grown.turns.slice(grown.folded);
      expect(ahead.map(({ number, summary }) => [number, summary])).toEqual(
        anew.turns.slice(grown.folded).map(({ number, summary }) => [number, summary]),
      );
      // Each of them is one row, whatever its steps will be.
      const blocks = rows.of(grown).slice(grown.folded);
      expect(blocks.map((block) => block.map(({ of }) => of.kind))).toEqual(ahead.map(() => ["turn"]));
    }
    expect(growing.at(NOW)).toEqual(new ViewTranscript(view).at(NOW));
  });

  test("begins with the first steps of a long turn", () => {
    const own = { trace: "5b8aa5a2d2c872e8321cf37308d69d11", with: { "session.id": "s-1" } };
    const agent = { ...own, id: 1, name: "agent.planner", start: 0, end: 50 };
    const models = [2, 3, 4, 5, 6].map((id) =>
      llm({ ...own, id, parent: 1, start: id }, [user("Where?")], [assistant(`Answer ${id}.`)]),
    );
    const view = viewOf([[agent, ...models].map((sketch) => spanOfSketch(sketch))]);
    const growing = new ViewTranscript(view, "shown", 0, 2);
    const texts = (mayGoOn: () => boolean) => {
      const at = growing.at(NOW, mayGoOn);
      const said = at?.turns[0]?.steps.flatMap((step) => (step.kind === "text" ? step.passage.text : []));
      return { folded: at?.folded, said };
    };
    expect(texts(() => false)).toEqual({ folded: 0, said: ["Answer 2."] });
    const all = ["Answer 2.", "Answer 3.", "Answer 4.", "Answer 5.", "Answer 6."];
    expect(texts(() => false)).toEqual({ folded: 1, said: all });
  });

  test("folds only the turn that grew, and the later ones that mention the same", () => {
    const turn = (at: number, said: string, call = 0): Sketch[] => {
      const trace = `5b8aa5a2d2c872e8321cf37308d69d${10 + at}`;
      const own = { trace, with: { "session.id": "s-1" } };
      const agent = { ...own, id: at * 10 + 1, name: "agent.planner", start: at * 100, end: at * 100 + 50 };
      const model = llm(
        { ...own, id: at * 10 + 2 + call, parent: at * 10 + 1, start: at * 100 + 1 + call },
        [],
        [assistant(said)],
      );
      return call === 0 ? [agent, model] : [model];
    };
    const view = viewOf([
      [...turn(1, "In Porto."), ...turn(2, "Near the river."), ...turn(3, "It rains."), ...turn(4, "Done.")].map(
        (sketch) => spanOfSketch(sketch),
      ),
    ]);
    const growing = new ViewTranscript(view);
    const stepsNow = (): readonly unknown[] => growing.at(NOW)?.turns.map(({ steps }) => steps) ?? [];
    const grow = (sketches: readonly Sketch[]): readonly boolean[] => {
      const before = stepsNow();
      view.apply(spansOf(9, sketches));
      return stepsNow().map((steps, at) => steps === before[at]);
    };
    expect(grow(turn(4, "Sleep well.", 1))).toEqual([true, true, true, false]);
    expect(grow(turn(2, "By train.", 1))).toEqual([true, false, true, true]);
    expect(grow(turn(1, "It rains.", 1))).toEqual([false, true, false, true]);
  });
});

const TEXTS = ["Book a hotel.", "In Porto.", "Near the river?", "Yes.", "Done, you sleep well.", "It rains.", "42"];

/** Turns of a conversation whose calls repeat what earlier ones said, in any order, some of them twice, and some removed. */
function eventsOf(random: Random): SessionStreamEvent[] {
  const history: unknown[] = [];
  const sketches: Sketch[] = [];
  let id = 1;
  let trace = random.hex(32);
  for (let turn = 1 + random.below(6); turn > 0; turn--) {
    if (random.chance(0.5)) trace = random.hex(32);
    const start = turn * 100 + random.below(150);
    const lead = id++;
    const of = (more: Partial<Sketch>): Pick<Sketch, "id"> & Partial<Sketch> => ({
      trace,
      parent: lead,
      id: id++,
      start: start + random.below(40),
      ...more,
    });
    const isNamed = random.chance(0.3);
    sketches.push({
      id: lead,
      trace,
      name: isNamed ? "query.trip" : "agent.planner",
      start,
      end: random.chance(0.2) ? null : start + 50,
      with: isNamed
        ? { "query.name": `trip ${turn}`, "input.value": random.pick(TEXTS) }
        : { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": random.pick(["planner", "writer"]) },
      ...(random.chance(0.1) && { error: "the upstream timed out" }),
    });
    for (let call = random.below(4); call > 0; call--) {
      if (random.chance(0.6)) history.push(user(random.pick(TEXTS)));
      const input = random.chance(0.5) ? [...history] : history.slice(-1 - random.below(4));
      const name = random.pick(["forecast", "book"]);
      const callId = `c${random.below(4)}`;
      const answer = random.chance(0.4) ? calls(callId, name, { at: random.below(2) }) : assistant(random.pick(TEXTS));
      if (random.chance(0.8)) history.push(answer);
      sketches.push(llm(of({}), input, random.chance(0.8) ? [answer] : undefined));
      if (random.chance(0.4)) {
        const output = random.pick(TEXTS);
        const attributes = {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": name,
          "gen_ai.tool.call.id": callId,
        };
        const said = { "gen_ai.tool.call.arguments": { at: random.below(2) }, "gen_ai.tool.call.result": output };
        sketches.push({ ...of({}), name: `execute_tool ${name}`, with: { ...attributes, ...said } });
        if (random.chance(0.7)) history.push(result(callId, output));
      }
    }
  }
  const named = sketches.map((sketch) => ({ ...sketch, with: { ...sketch.with, "session.id": "s-1" } }));
  const deliveries = random.cut(random.shuffle([...named, ...named.slice(0, 3)]), 10);
  const events: SessionStreamEvent[] = deliveries.map((delivery, at) => spansOf(at, delivery));
  const add = (event: SessionStreamEvent): number => events.splice(random.below(events.length + 1), 0, event).length;
  const { trace: one = "" } = random.pick(sketches);
  if (random.chance(0.3)) add({ type: "gone", traceId: one });
  if (random.chance(0.5)) add(recordOf(one, random));
  return events;
}

function spansOf(at: number, sketches: readonly Sketch[]): Extract<SessionStreamEvent, { type: "spans" }> {
  const spans = sketches.map((sketch) => spanOfSketch(sketch));
  return {
    type: "spans",
    received: String(at),
    receipt: { encoding: "json", spans: spans.length },
    resourceSpans: [{ scopeSpans: [{ spans }] }],
  };
}

/** A message, an exception, or an agent's own record: a span is derived from that, which may belong to spans of any trace. */
function recordOf(traceId: string, random: Random): SessionStreamEvent {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const about = {
    traceId,
    // Of another trace, or of none.
    spanId: spanOfSketch({ id: 1 + random.below(60), name: "" }).spanId,
    timeUnixNano: "1790000000000000000",
  };
  const record = random.pick([
    {
      ...about,
      severityNumber: 17,
      eventName: "exception",
      attributes: [text("exception.type", "Timeout"), text("exception.message", "no answer")],
    },
    { ...about, eventName: "gen_ai.choice", body: { stringValue: random.pick(TEXTS) } },
    {
      traceId,
      timeUnixNano: about.timeUnixNano,
      eventName: "claude_code.user_prompt",
      attributes: [text("prompt", "book a hotel"), text("session.id", "s-1"), text("event.name", "user_prompt")],
    },
  ]);
  return {
    type: "logs",
    traceId,
    received: "9",
    receipt: { encoding: "json", spans: 0, records: 1 },
    resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }],
  };
}
