import { describe, expect, test } from "vitest";
import { ChunkSpans } from "../../src/otel/chunk.ts";
import { ArrivalSchedule, EventSchedule } from "../../src/session/replay.ts";
import type { ReplaySchedule } from "../../src/session/replay.ts";
import { wholeView } from "./whole-view.ts";
import type { ResourceSpans, Span } from "../../src/otel/span.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";
import { spanOf } from "../facts/span-of.ts";
import { spansEvent, wireOf } from "./wire-of.ts";

const BEGIN = 1_795_261_714_000;
/** Unix nanoseconds of a second of the session. */
const second = (seconds: number) => String(BigInt(BEGIN + seconds * 1_000) * 1_000_000n);

function ended(name: string, start: number, end: number): Span {
  return spanOf(name, {}, { startTimeUnixNano: second(start), endTimeUnixNano: second(end) });
}

function running(name: string, start: number): Span {
  const { endTimeUnixNano: _, ...span } = ended(name, start, start);
  return span;
}

/** Steps as text: second, revision, positions. */
function printed(schedule: ReplaySchedule): string[] {
  const lines: string[] = [];
  for (let item = 0; item < schedule.length;) {
    const { at, revision, positions, next } = schedule.step(item);
    lines.push(`${(at - BEGIN) / 1_000} r${revision} ${positions?.join(",") ?? "whole"}`);
    item = next;
  }
  return lines;
}

function scheduleOf(log: readonly (readonly Span[])[]): EventSchedule {
  return scheduleOfChunks(log.map((spans) => [{ scopeSpans: [{ spans }] }]));
}

function scheduleOfChunks(log: readonly (readonly ResourceSpans[])[]): EventSchedule {
  const schedule = new EventSchedule();
  log.forEach((resourceSpans, at) => schedule.add(at + 1, resourceSpans));
  return schedule.finish();
}

describe("by event", () => {
  test("spans of one chunk come as each ends, those of many chunks in one order", () => {
    const schedule = scheduleOf([[ended("a", 0, 5), ended("b", 1, 2)], [ended("c", 2, 3)], [ended("d", 0, 5)]]);
    expect(printed(schedule)).toEqual(["2 r1 1", "3 r2 whole", "5 r1 0", "5 r3 whole"]);
  });

  test("spans with the same end are one step", () => {
    const schedule = scheduleOf([[ended("a", 0, 2), ended("b", 1, 3), ended("c", 1, 2.004)]]);
    expect(printed(schedule)).toEqual(["2 r1 0,2", "3 r1 1"]);
  });

  test("a running span comes when it starts, and again when it ends", () => {
    const schedule = scheduleOf([[running("a", 1)], [ended("b", 1, 2)], [ended("a", 1, 4)]]);
    expect(printed(schedule)).toEqual(["1 r1 whole", "2 r2 whole", "4 r3 whole"]);
  });

  test("a span that ends before it starts comes at its start", () => {
    expect(printed(scheduleOf([[ended("a", 3, 1)], [ended("b", 1, 2)]]))).toEqual(["2 r2 whole", "3 r1 whole"]);
  });

  test("a span with a clock outlier is replayed with the one before it in the log", () => {
    const absurd = (end: string) => spanOf("absurd", {}, { startTimeUnixNano: "0", endTimeUnixNano: end });
    const schedule = scheduleOf([
      [absurd("1")],
      [ended("a", 0, 1), absurd("18446744073709551615"), ended("b", 1, 2), absurd("1000000000000000000")],
    ]);
    expect(printed(schedule)).toEqual(["1 r1 whole", "1 r2 0,1", "2 r2 2,3"]);
  });

  test("an empty log has no steps", () => {
    expect(printed(scheduleOf([]))).toEqual([]);
  });
});

test("by arrival, revisions and tombstones keep their order", () => {
  const schedule = new ArrivalSchedule();
  schedule.add(1, BEGIN + 1_000);
  schedule.add(2, BEGIN + 4_000);
  schedule.add(4, undefined);
  schedule.add(5, BEGIN + 2_000);
  schedule.add(6, BEGIN + 9_000);
  expect(printed(schedule)).toEqual(["1 r1 whole", "4 r2 whole", "4 r4 whole", "4 r5 whole", "9 r6 whole"]);
});

law("a replay and the log give the same fold", seedsFrom(7_000, 40), (seed) => {
  const random = new Random(seed);
  const log = random.cut(generateSession(random), 9).map(wireOf);
  const live = wholeView("s-1");
  for (const resourceSpans of log) live.apply(spansEvent(0, resourceSpans));

  const chunks = log.map((resourceSpans) => new ChunkSpans(resourceSpans));
  const schedule = scheduleOfChunks(chunks.map((chunk) => chunk.resourceSpans));
  const replayed = wholeView("s-1");
  let items = 0;
  let last = 0;
  while (items < schedule.length) {
    const { at, revision, positions, next } = schedule.step(items);
    expect([at >= last, next > items]).toEqual([true, true]);
    const whole: readonly ResourceSpans[] = log[revision - 1] ?? [];
    replayed.apply(spansEvent(0, positions === undefined ? whole : (chunks[revision - 1]?.pick(positions) ?? [])));
    last = at;
    items = next;
  }
  expect([replayed.summary(), replayed.queries()]).toEqual([live.summary(), live.queries()]);
  expect([...replayed.spans()].map(({ key, span }) => `${key} ${JSON.stringify(span)}`).toSorted()).toEqual(
    [...live.spans()].map(({ key, span }) => `${key} ${JSON.stringify(span)}`).toSorted(),
  );
});
