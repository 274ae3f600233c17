import { ROOT, SELF } from "./parent-links.ts";
import { growTrace } from "../view/tree-node.ts";
import type { Growing } from "../view/tree-node.ts";
import type { SpanFacts } from "../facts/facts.ts";

/** Of a trace: places in the list of all nodes. */
type Tops = { readonly roots: number[]; readonly waiting: number[] };

/**
 * What waits for parents that nothing tells more of hangs from its trace: from the root where there is one, else from a
 * row that stands for it, named by the earliest query that a span names. Appends those rows; answers the places of all
 * parents. Where only one parent is missing, and no query is named or its span has come, that parent is enough of a row.
 */
export function holdTraces(nodes: Growing[], parents: Int32Array, mayCome: (traceId: string) => boolean): Int32Array {
  const traces = topsOf(nodes, parents);
  const held: { readonly tops: Tops; readonly holder: number }[] = [];
  const queries = traces.size === 0 ? undefined : queriesIn(nodes, traces);
  for (const [traceId, tops] of traces) {
    const [root] = tops.roots;
    const [first] = tops.waiting;
    if (first === undefined || tops.roots.length > 1) continue;
    const { name, come } = queries?.get(traceId) ?? { come: false };
    if (root === undefined && tops.waiting.length === 1 && (name === undefined || come)) continue;
    const start = nodes[first]?.start ?? 0n;
    const holder = root ?? nodes.push(growTrace(traceId, start, name ?? "", mayCome(traceId))) - 1;
    held.push({ tops, holder });
  }
  if (held.length === 0) return parents;
  const all = new Int32Array(nodes.length).fill(ROOT);
  all.set(parents);
  for (const { tops, holder } of held) for (const at of tops.waiting) all[at] = holder;
  return all;
}

/** Of the traces in which something waits. */
function topsOf(nodes: readonly Growing[], parents: Int32Array): Map<string, Tops> {
  const traces = new Map<string, Tops>();
  nodes.forEach((node, at) => {
    if (node.span !== undefined || parents[at] !== ROOT) return;
    const tops = traces.get(node.traceId);
    if (tops) tops.waiting.push(at);
    else traces.set(node.traceId, { roots: [], waiting: [at] });
  });
  if (traces.size === 0) return traces;
  nodes.forEach((node, at) => {
    const parent = parents[at];
    if (node.span !== undefined && (parent === ROOT || parent === SELF)) traces.get(node.traceId)?.roots.push(at);
  });
  return traces;
}

type Query = { readonly name: string; readonly from: SpanFacts; come: boolean };

/** By trace, its earliest span that names a query: by start, then by id and kind, so that order does not show. */
function queriesIn(nodes: readonly Growing[], traces: ReadonlyMap<string, Tops>): Map<string, Query> {
  const queries = new Map<string, Query>();
  for (const { span, traceId } of nodes) {
    if (span?.facts.query === undefined || !traces.has(traceId)) continue;
    const { facts } = span;
    const known = queries.get(traceId);
    const come = facts.kind === "query" || known?.come === true;
    if (known !== undefined && !isEarlier(facts, known.from)) known.come = come;
    else queries.set(traceId, { name: span.facts.query.name, from: facts, come });
  }
  return queries;
}

function isEarlier(a: SpanFacts, b: SpanFacts): boolean {
  if (a.start !== b.start) return a.start < b.start;
  if (a.spanId !== b.spanId) return a.spanId < b.spanId;
  return a.otlpKind < b.otlpKind;
}
