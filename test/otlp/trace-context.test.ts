import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RANDOM, readTraceparent, readTracestate, SAMPLED, writeTraceparent } from "../../src/otel/trace-context.ts";

type Case = {
  readonly test: string;
  readonly requests: readonly {
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly expect: {
      readonly continueTrace: boolean;
      readonly traceId: string | null;
      readonly parentId: string | null;
      readonly sampled: boolean | null;
      readonly random: boolean | null;
      readonly tracestate: readonly (readonly [key: string, value: string])[];
    };
  }[];
};

const FIXTURE = join(import.meta.dirname, "../fixtures/w3c/trace-context-cases.json");
const { cases } = JSON.parse(readFileSync(FIXTURE, "utf8")) as { cases: readonly Case[] };

describe("the official cases of W3C Trace Context", () => {
  test("are all here", () => {
    expect([cases.length, cases.flatMap(({ requests }) => requests).length]).toEqual([41, 83]);
  });

  // spec: OWN-2
  test.each(cases)("$test", ({ requests }) => {
    for (const { headers, expect: wanted } of requests) {
      const sent = new Headers();
      for (const [name, value] of headers) sent.append(name, value);
      const parent = readTraceparent(sent.get("traceparent"));
      const known = {
        continueTrace: parent !== undefined,
        traceId: parent?.traceId ?? null,
        parentId: parent?.parentId ?? null,
        sampled: parent === undefined ? null : (parent.flags & SAMPLED) !== 0,
        random: parent === undefined ? null : (parent.flags & RANDOM) !== 0,
        tracestate: parent === undefined ? [] : membersOf(readTracestate(sent.get("tracestate"))),
      };
      expect(known, JSON.stringify(headers)).toEqual(wanted);
    }
  });
});

/** The value may contain anything but a comma and `=`. */
function membersOf(state: string): string[][] {
  return state === "" ? [] : state.split(",").map((member) => member.split("="));
}

describe("a traceparent", () => {
  const TRACE = "0af7651916cd43dd8448eb211c80319c";

  test("of a later version goes on as version 00, with the flag that is known", () => {
    const parent = readTraceparent(`cc-${TRACE}-00f067aa0ba902b7-ff-more`);
    expect(parent && writeTraceparent(parent)).toBe(`00-${TRACE}-00f067aa0ba902b7-01`);
  });

  test.each([
    ["two headers, which reach us as one", `00-${TRACE}-00f067aa0ba902b7-01, 00-${TRACE}-00f067aa0ba902b7-01`],
    ["two of a later version", `cc-${TRACE}-00f067aa0ba902b7-01-a, cc-${TRACE}-00f067aa0ba902b7-01-a`],
    ["upper case", `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`],
    ["a space that HTTP does not know", `\u00a000-${TRACE}-00f067aa0ba902b7-01`],
    ["nothing", ""],
  ])("is ignored: %s", (_, header) => {
    expect(readTraceparent(header)).toBeUndefined();
  });
});
