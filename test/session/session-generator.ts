import type { InputRequest, SpanFacts, SpanKind } from "../../src/facts/facts.ts";
import { at, factsOf, without } from "../facts/facts-of.ts";
import type { Random } from "./seeded-random.ts";

/** One version of a span, as an exporter may send it. */
export type Sent = { readonly traceId: string; readonly facts: SpanFacts };

const KINDS: readonly SpanKind[] = [
  "agent",
  "team",
  "turn",
  "llm",
  "llm",
  "llm",
  "tool",
  "tool",
  "chain",
  "http",
  "db",
  "internal",
  "embedding",
];
const ABSURD = [0n, 1n, 2n ** 63n, 2n ** 64n - 1n];

/**
 * All versions of a session's spans, roots last: several traces, some of whose parents never come, spans sent while they
 * run and again when they ended, in every dialect, questions and their ends, paths of what is above them (not always the truth), two spans under one
 * id, self-parents, cycles, absurd clocks, names of several ranks.
 */
export function generateSession(random: Random): Sent[] {
  const sent: Sent[] = [];
  const traces = 1 + random.below(4);
  for (let trace = 0; trace < traces; trace++) sent.push(...generateTrace(random));
  return sent;
}

function generateTrace(random: Random): Sent[] {
  const traceId = random.hex(32);
  const isArk = random.chance(0.5);
  const namesPaths = random.chance(0.4);
  const parents = new Map<string, string>();
  const spans = random.below(30) + 1;
  const ids = Array.from({ length: spans }, () => random.hex(16));
  const sent: Sent[] = [];
  for (let n = spans - 1; n >= 0; n--) {
    const spanId = ids[n] ?? "";
    const parentSpanId = parentOf(random, ids, n);
    parents.set(spanId, parentSpanId);
    const start = random.chance(0.03) ? random.pick(ABSURD) : at(random.below(10));
    const facts = factsOf({
      ...strings(random, isArk, n),
      spanId,
      parentSpanId,
      name: `span ${random.below(12)}`,
      otlpKind: random.below(6),
      start,
      end: random.chance(0.03)
        ? random.pick(ABSURD.slice(1))
        : BigInt.asUintN(64, start + BigInt(random.below(5)) * 1_000_000_000n),
      error: random.chance(0.15),
    });
    sent.push(...versionsOf(random, facts).map((version) => ({ traceId, facts: version })));
    // The client's and the server's span of one call may share an id.
    if (random.chance(0.08)) sent.push({ traceId, facts: sized({ ...facts, otlpKind: (facts.otlpKind + 1) % 6 }) });
  }
  const exported = random.chance(0.25) ? sent.slice(0, -1) : sent;
  return namesPaths ? exported.map(({ facts }) => ({ traceId, facts: withPath(random, facts, parents) })) : exported;
}

/** Names what is above a span, root first; now and then under another name, or without what is far above. */
function withPath(random: Random, facts: SpanFacts, parents: ReadonlyMap<string, string>): SpanFacts {
  const ancestors: { spanId: string; name: string }[] = [];
  let above = facts.parentSpanId;
  while (above !== "" && above !== facts.spanId && !ancestors.some(({ spanId }) => spanId === above)) {
    ancestors.unshift({ spanId: above, name: random.chance(0.1) ? "renamed" : `named ${above.slice(0, 4)}` });
    above = random.chance(0.1) ? "" : (parents.get(above) ?? "");
  }
  return ancestors.length === 0 || random.chance(0.2) ? facts : sized({ ...facts, ancestors });
}

function parentOf(random: Random, ids: readonly string[], n: number): string {
  if (random.chance(0.03)) return ids[n] ?? "";
  if (random.chance(0.05)) return random.pick(ids);
  if (random.chance(0.06)) return random.pick(["00000000000000aa", "00000000000000bb"]);
  if (n === 0 || random.chance(0.03)) return "";
  return ids[random.below(n)] ?? "";
}

function strings(random: Random, isArk: boolean, n: number): Partial<SpanFacts> {
  const kind = isArk && (n === 0 || random.chance(0.08)) ? "query" : random.pick(KINDS);
  const hasUsage = kind === "llm" || random.chance(0.15);
  return {
    kind,
    service: random.pick(["executor", "controller", "gateway"]),
    ...(isArk &&
      random.chance(0.85) && { query: { name: random.pick(["plan", "plan", "plan", "write"]), namespace: "default" } }),
    ...(kind === "agent" && { agent: random.pick(["planner", "writer"]) }),
    ...(kind === "tool" && { tool: random.pick(["search", "fetch"]) }),
    ...(kind === "llm" && { model: random.pick(["small", "gpt-4o-mini"]) }),
    ...(kind === "chain" && random.chance(0.5) && { target: random.pick(["agent/planner", "team/writers"]) }),
    ...(random.chance(0.2) && { user: random.pick(["ada", "bob"]) }),
    ...(random.chance(0.15) && { failure: random.pick(["timed out", "not found"]) }),
    ...(random.chance(0.05) && { canceled: true as const }),
    ...(random.chance(0.1) && { exception: true as const }),
    ...(hasUsage && {
      tokens: {
        input: random.below(1000),
        output: random.below(100),
        cached: random.below(10),
        written: 0,
        written1h: 0,
        reasoning: 0,
      },
    }),
    ...(hasUsage && random.chance(0.6) && { cost: random.below(1000) / 7e4 }),
    ...(random.chance(0.2) && { prompt: `What is ${random.below(100)}?` }),
    ...(random.chance(0.1) && { inputRequest: inputRequestOf(random) }),
    ...(random.chance(0.15) && { session: { rank: 1 + random.below(3), value: `session ${random.below(5)}` } }),
  };
}

/** Of a few tasks, or of the span alone. */
function inputRequestOf(random: Random): InputRequest {
  const task = random.pick(["", "", "task-1", "task-2"]);
  const since = at(random.below(15));
  if (task === "" && random.chance(0.1)) return { state: "resumed", since, task, question: "" };
  if (task !== "" && random.chance(0.5)) return { state: "closed", since, task, question: "" };
  return { state: "open", since, task, question: `Shall I ${random.below(9)}?` };
}

/** While it runs, when it ended, and corrected afterwards; sometimes the end is lost. */
function versionsOf(random: Random, facts: SpanFacts): SpanFacts[] {
  const versions: SpanFacts[] = [];
  const isLost = random.chance(0.2);
  const later = ["tokens", "cost", "failure", "canceled", "exception"] as const;
  const early = random.chance(0.5) ? without(facts, ...later) : without(facts, ...later, "inputRequest");
  const reports = isLost || random.chance(0.3) ? 1 + random.below(3) : 0;
  for (let report = 0; report < reports; report++) {
    const asOf = random.pick([0n, facts.start, at(random.below(10)), BigInt(random.below(4))]);
    const running = sized({ ...early, end: 0n, running: true, error: false, name: `${facts.name}, ${report}` });
    versions.push(asOf === 0n ? running : sized({ ...running, asOf }));
  }
  if (!isLost) versions.push(facts);
  if (!isLost && random.chance(0.1)) versions.push(sized({ ...facts, name: `${facts.name}, corrected` }));
  return versions;
}

/** The same facts as another text would give them. */
function sized(facts: SpanFacts): SpanFacts {
  return factsOf(without(facts, "size", "hash"));
}
