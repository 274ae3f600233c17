import type { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";
import type { Sent } from "./session-generator.ts";

/** Spans of some sessions, whose trees share few traces. In most sessions only one thing or none relates trees of a trace. */
export function generateTrees(random: Random): Sent[] {
  const traces = [random.hex(32), random.hex(32)];
  const related = random.pick([
    "by nothing",
    "by missing parents",
    "by queries",
    "by ids",
    "by calls",
    "by cycles",
    "by all",
  ]);
  const isRelated = (by: string): boolean => related === by || related === "by all";
  const sent = [0, 1, 2].flatMap(() => generateSession(random));
  const parents = new Map(sent.map(({ facts }) => [facts.spanId, facts.parentSpanId]));
  const top = (id: string): string => {
    const seen = new Set<string>();
    let at = id;
    while (parents.has(at) && parents.get(at) !== at && !seen.has(at)) {
      seen.add(at);
      at = parents.get(at) ?? "";
    }
    return at === "" || !parents.has(at) ? ([...seen].at(-1) ?? id) : at;
  };
  const traceOf = new Map<string, string>();
  return sent.map(({ facts }) => {
    const { spanId, parentSpanId, kind } = facts;
    const tree = top(spanId);
    if (!traceOf.has(tree)) traceOf.set(tree, random.pick(traces));
    const isCut =
      (!parents.has(parentSpanId) && !isRelated("by missing parents")) ||
      (tree === parentSpanId && parents.get(tree) !== "" && !isRelated("by cycles"));
    return {
      traceId: traceOf.get(tree) ?? "",
      facts: {
        ...facts,
        ...(isRelated("by queries") ? {} : { query: undefined, kind: kind === "query" ? "agent" : kind }),
        ...(isRelated("by ids") ? {} : { otlpKind: 1 }),
        ...(isCut ? { parentSpanId: "" } : {}),
        ...(kind === "tool" && isRelated("by calls") ? { callHash: 1 + random.below(3) } : {}),
      },
    };
  });
}
