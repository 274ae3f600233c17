import type { SpanFacts } from "../../facts/facts.ts";
import { cutCycles, ROOT, SELF } from "../table/parent-links.ts";
import { draftPlaceholder, addBadge, draftTrace } from "./tree-node.ts";
import type { DraftNode } from "./tree-node.ts";

/** A trace's nodes by span id: places in the list of all nodes. */
type Ids = Map<string, number>;

/** What spans say of one that has not come. */
type Claim = { readonly name: string; readonly parentId: string };

/** By trace, then by span id. */
type Claims = Map<string, Map<string, Claim>>;

/**
 * The place of each node's parent, or why it has none. Appends a placeholder for each parent that was named and has not
 * come, so that nothing is missing: those that paths name hang from each other as the paths say, the others from their
 * trace.
 */
export function linkParents(
  nodes: DraftNode[],
  mayCome: (traceId: string) => boolean,
  told: ReadonlyMap<string, string> | undefined,
): Int32Array {
  const traces = new Map<string, Ids>();
  nodes.forEach((_, at) => index(nodes, traces, at));
  addPlaceholders(nodes, traces, mayCome);
  const parents = Int32Array.from(nodes, (node) => {
    if (node.parentId === "") return ROOT;
    if (node.parentId === node.spanId) return SELF;
    return traces.get(node.traceId)?.get(node.parentId) ?? ROOT;
  });
  if (told !== undefined) linkTold(nodes, parents, told);
  cutCycles(parents);
  const held = attachToTraces(nodes, parents, mayCome);
  beginPlaceholders(nodes, held);
  return held;
}

/** `told`: parents that ids do not name, by the keys of both. */
function linkTold(nodes: readonly DraftNode[], parents: Int32Array, told: ReadonlyMap<string, string>): void {
  const places = new Map(nodes.map(({ key }, at) => [key, at]));
  for (const [key, parent] of told) {
    const [at, above] = [places.get(key), places.get(parent)];
    if (at !== undefined && above !== undefined) parents[at] = above;
  }
}

/** Of several spans under one id, children hang from that of the smallest OTLP kind; all are marked. */
function index(nodes: readonly DraftNode[], traces: Map<string, Ids>, at: number): void {
  const node = nodes[at];
  if (!node) return;
  let ids = traces.get(node.traceId);
  if (!ids) traces.set(node.traceId, (ids = new Map()));
  const known = nodes[ids.get(node.spanId) ?? -1];
  if (known === undefined || node.otlpKind < known.otlpKind) ids.set(node.spanId, at);
  if (known === undefined) return;
  addBadge(known, "duplicate-id");
  addBadge(node, "duplicate-id");
}

function addPlaceholders(nodes: DraftNode[], traces: Map<string, Ids>, mayCome: (traceId: string) => boolean): void {
  let claims: Claims | undefined;
  // Placeholders name parents too: the list grows while it is read.
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at];
    if (!node) break;
    const { traceId, parentId: spanId, start } = node;
    const ids = traces.get(traceId);
    if (spanId === "" || !ids || ids.has(spanId)) continue;
    claims ??= claimsOf(nodes, traces);
    const { name, parentId } = claims.get(traceId)?.get(spanId) ?? { name: "", parentId: "" };
    const placeholder = draftPlaceholder(traceId, spanId, start, { name, parentId, awaited: mayCome(traceId) });
    ids.set(spanId, nodes.push(placeholder) - 1);
  }
}

/** What paths say of spans that have not come; of two opinions the smaller text, so that order does not show. */
function claimsOf(nodes: readonly DraftNode[], traces: ReadonlyMap<string, Ids>): Claims {
  const claims: Claims = new Map();
  for (const { span, traceId } of nodes) {
    const ancestors = span?.facts.ancestors;
    if (ancestors === undefined) continue;
    let ofTrace = claims.get(traceId);
    if (!ofTrace) claims.set(traceId, (ofTrace = new Map()));
    const ids = traces.get(traceId);
    let parentId = "";
    for (const { spanId, name } of ancestors) {
      if (ids?.has(spanId) !== true) ofTrace.set(spanId, reconcile(ofTrace.get(spanId), { name, parentId }));
      parentId = spanId;
    }
  }
  return claims;
}

function reconcile(known: Claim | undefined, claim: Claim): Claim {
  if (known === undefined) return claim;
  const name = smaller(known.name, claim.name);
  const parentId = smaller(known.parentId, claim.parentId);
  return name === known.name && parentId === known.parentId ? known : { name, parentId };
}

/** Something rather than nothing. */
function smaller(a: string, b: string): string {
  if (a === "" || b === "") return a || b;
  return a < b ? a : b;
}

/** A placeholder begins with the earliest of the spans below it. */
function beginPlaceholders(nodes: readonly DraftNode[], parents: Int32Array): void {
  for (let at = 0; at < nodes.length; at++) {
    const start = nodes[at]?.start ?? 0n;
    let above = parents[at] ?? ROOT;
    let node = nodes[above];
    // What is later than a placeholder is later than those above it.
    while (node && node.span === undefined && start < node.start) {
      node.start = start;
      above = parents[above] ?? ROOT;
      node = nodes[above];
    }
  }
}

/** Of a trace: places in the list of all nodes. */
type Tops = { readonly roots: number[]; readonly waiting: number[] };

/**
 * What waits for parents that nothing tells more of hangs from its trace: from the root where there is one, else from a
 * row that stands for it, named by the earliest query that a span names. Appends those rows; answers the places of all
 * parents. Where only one parent is missing, and no query is named or its span has come, that parent is enough of a row.
 */
export function attachToTraces(
  nodes: DraftNode[],
  parents: Int32Array,
  mayCome: (traceId: string) => boolean,
): Int32Array {
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
    const holder = root ?? nodes.push(draftTrace(traceId, start, name ?? "", mayCome(traceId))) - 1;
    held.push({ tops, holder });
  }
  if (held.length === 0) return parents;
  const all = new Int32Array(nodes.length).fill(ROOT);
  all.set(parents);
  for (const { tops, holder } of held) for (const at of tops.waiting) all[at] = holder;
  return all;
}

/** Of the traces in which something waits. */
function topsOf(nodes: readonly DraftNode[], parents: Int32Array): Map<string, Tops> {
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
function queriesIn(nodes: readonly DraftNode[], traces: ReadonlyMap<string, Tops>): Map<string, Query> {
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
