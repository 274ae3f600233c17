import { describe, expect, test } from "vitest";
import { MAX_ANCESTORS } from "../../src/facts/ancestors.ts";
import { factsOfSpan, spanOf } from "./span-of.ts";

const list = (...texts: readonly string[]) => ({
  arrayValue: { values: texts.map((stringValue) => ({ stringValue })) },
});
const json = (...texts: readonly string[]) => JSON.stringify(texts);

const ROOT = "00f067aa0ba902b1";
const PARENT = "00f067aa0ba902b6";
const SELF = "00f067aa0ba902b7";

/** "name id" of each ancestor, root first. */
function ancestors(ids: unknown, names: unknown, parentSpanId: string | undefined = PARENT): string[] | undefined {
  const span = spanOf(
    "leaf",
    { "lmnr.span.ids_path": ids as string, "lmnr.span.path": names as string },
    { spanId: SELF, parentSpanId },
  );
  return factsOfSpan(span).ancestors?.map(({ spanId, name }) => `${name} ${spanId.slice(-2)}`);
}

describe("the ancestors in a path", () => {
  const names = list("root", "parent", "leaf");

  test.each([
    ["with the span itself", list(ROOT, PARENT, SELF), names],
    ["without", list(ROOT, PARENT), names],
    ["UUIDs", list("00000000-0000-0000-00f0-67aa0ba902b1", "00000000-0000-0000-00F0-67AA0BA902B6"), names],
    ["as JSON text", json(ROOT, PARENT, SELF), json("root", "parent", "leaf")],
    ["that goes on past the parent", list(ROOT, PARENT, "00f067aa0ba902b9"), names],
  ])("%s", (_, ids, of) => {
    expect(ancestors(ids, of)).toEqual(["root b1", "parent b6"]);
  });

  test("TraceRoot's with the starts of all but the span itself", () => {
    const span = spanOf(
      "leaf",
      {
        "traceroot.span.ids_path": list(ROOT, PARENT) as unknown as string,
        "traceroot.span.path": names as unknown as string,
        "traceroot.span.starts_path": list("1795261714000000000", "soon") as unknown as string,
      },
      { spanId: SELF, parentSpanId: PARENT },
    );
    expect(factsOfSpan(span).ancestors).toEqual([
      { spanId: ROOT, name: "root", start: 1_795_261_714_000_000_000n },
      { spanId: PARENT, name: "parent", start: undefined },
    ]);
  });

  test("names may be fewer than ids, or absent", () => {
    expect(ancestors(list(ROOT, PARENT), list("root"))).toEqual(["root b1", " b6"]);
    expect(ancestors(list(ROOT, PARENT), "root.parent")).toEqual([" b1", " b6"]);
  });

  test.each([
    ["that does not lead to the parent", list(ROOT, "00f067aa0ba902b9"), PARENT],
    ["of a root", list(ROOT, PARENT), ""],
    ["in a circle", list(PARENT, ROOT, PARENT), PARENT],
    ["through the span itself", list(SELF, PARENT), PARENT],
    ["with a text that is no id", list("root", PARENT), PARENT],
    ["with an id of zeros", list("0000000000000000", PARENT), PARENT],
    ["with a UUID that contains no span id", list("10000000-0000-0000-00f0-67aa0ba902b1", PARENT), PARENT],
    ["that is not a list", "{}", PARENT],
    ["cut to its head", { stringValue: json(ROOT, PARENT).slice(0, 20), offloaded: { hash: "", bytes: 9000 } }, PARENT],
  ])("no path: one %s", (_, ids, parent) => {
    expect(ancestors(ids, names, parent)).toBeUndefined();
  });

  test(`a deep path gives the nearest ${MAX_ANCESTORS}`, () => {
    const ids = Array.from({ length: MAX_ANCESTORS + 1 }, (_, n) => (n + 1).toString(16).padStart(16, "0"));
    const deepest = ids.at(-1) ?? "";
    expect(ancestors(list(...ids.slice(1)), list(), deepest)).toHaveLength(MAX_ANCESTORS);
    const found = ancestors(list(...ids), list(...ids.map((id) => `n${id}`)), deepest);
    expect([found?.length, found?.[0], found?.at(-1)]).toEqual([
      MAX_ANCESTORS,
      "n0000000000000002 02",
      `n${deepest} 41`,
    ]);
  });
});
