import type { SpanFacts } from "../../facts/facts.ts";
import { cutCycles, ROOT, SELF } from "../table/parent-links.ts";
import { draftPlaceholder, addBadge, draftTrace } from "./tree-node.ts";
import type { DraftNode } from "./tree-node.ts";

/** A trace's nodes by span id: places in the list of all nodes. */
type Ids = Map<string, number>;

/** A missing span, by the paths of spans below it. */
type Claim = { readonly name: string; readonly parentId: string };

/** By trace, then by span id. */
type Claims = Map<string, Map<string, Claim>>;

/**
 * Position of each node's parent, or the reason why it has none. Appends a placeholder for each missing parent. Placeholders
 * that paths name are nested as in the paths, the others are below their trace.
 */
export function linkParents(
  nodes: DraftNode[],
  isAwaited: (traceId: string) => boolean,
  derivedParents: ReadonlyMap<string, string> | undefined,
): Int32Array {
  const traces = new Map<string, Ids>();
  nodes.forEach((_, at) => index(nodes, traces, at));
  addPlaceholders(nodes, traces, isAwaited);
  const parents = Int32Array.from(nodes, (node) => {
    if (node.parentId === "") return ROOT;
    if (node.parentId === node.spanId) return SELF;
    return traces.get(node.traceId)?.get(node.parentId) ?? ROOT;
  });
  if (derivedParents !== undefined) linkDerived(nodes, parents, derivedParents);
  cutCycles(parents);
  const attached = attachToTraces(nodes, parents, isAwaited);
  startPlaceholders(nodes, attached);
  return attached;
}

/** `derivedParents`: parents that ids do not name, by the keys of both nodes. */
function linkDerived(
  nodes: readonly DraftNode[],
  parents: Int32Array,
  derivedParents: ReadonlyMap<string, string>,
): void {
  const places = new Map(nodes.map(({ key }, at) => [key, at]));
  for (const [key, parent] of derivedParents) {
    const [at, above] = [places.get(key), places.get(parent)];
    if (at !== undefined && above !== undefined) parents[at] = above;
  }
}

/** If several spans share an id, their children are below the one of the smallest OTLP kind. All of them get a badge. */
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

function addPlaceholders(nodes: DraftNode[], traces: Map<string, Ids>, isAwaited: (traceId: string) => boolean): void {
  let claims: Claims | undefined;
  // Placeholders name parents too: the list grows during the loop.
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at];
    if (!node) break;
    const { traceId, parentId: spanId, start } = node;
    const ids = traces.get(traceId);
    if (spanId === "" || !ids || ids.has(spanId)) continue;
    claims ??= claimsOf(nodes, traces);
    const { name, parentId } = claims.get(traceId)?.get(spanId) ?? { name: "", parentId: "" };
    const placeholder = draftPlaceholder(traceId, spanId, start, { name, parentId, awaited: isAwaited(traceId) });
    ids.set(spanId, nodes.push(placeholder) - 1);
  }
}

/** Missing spans by the paths below them. If paths differ, the smaller text wins, so that order does not show. */
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

/** The smaller text; an empty one counts only if both are. */
function smaller(a: string, b: string): string {
  if (a === "" || b === "") return a || b;
  return a < b ? a : b;
}

/** A placeholder starts with the earliest span below it. */
function startPlaceholders(nodes: readonly DraftNode[], parents: Int32Array): void {
  for (let at = 0; at < nodes.length; at++) {
    const start = nodes[at]?.start ?? 0n;
    let above = parents[at] ?? ROOT;
    let node = nodes[above];
    // A span that is later than a placeholder is later than all placeholders above it.
    while (node && node.span === undefined && start < node.start) {
      node.start = start;
      above = parents[above] ?? ROOT;
      node = nodes[above];
    }
  }
}

/** Top nodes of a trace, as positions in the list of all nodes. `waiting`: placeholders without a known parent. */
type Tops = { readonly roots: number[]; readonly waiting: number[] };

/**
 * Attaches placeholders without a known parent to their trace: to its root if there is one, else to a trace node, named by
 * the earliest query that a span names. Appends the trace nodes; returns the positions of all parents. If only one parent is
 * missing, and no query is named or its span was received, its placeholder alone represents the trace.
 */
export function attachToTraces(
  nodes: DraftNode[],
  parents: Int32Array,
  isAwaited: (traceId: string) => boolean,
): Int32Array {
  const traces = topsOf(nodes, parents);
  const attached: { readonly tops: Tops; readonly parent: number }[] = [];
  const queries = traces.size === 0 ? undefined : queriesIn(nodes, traces);
  for (const [traceId, tops] of traces) {
    const [root] = tops.roots;
    const [first] = tops.waiting;
    if (first === undefined || tops.roots.length > 1) continue;
    const { name, received } = queries?.get(traceId) ?? { received: false };
    if (root === undefined && tops.waiting.length === 1 && (name === undefined || received)) continue;
    const start = nodes[first]?.start ?? 0n;
    const parent = root ?? nodes.push(draftTrace(traceId, start, name ?? "", isAwaited(traceId))) - 1;
    attached.push({ tops, parent });
  }
  if (attached.length === 0) return parents;
  const all = new Int32Array(nodes.length).fill(ROOT);
  all.set(parents);
  for (const { tops, parent } of attached) for (const at of tops.waiting) all[at] = parent;
  return all;
}

/** Of traces with a placeholder without a known parent. */
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

type Query = { readonly name: string; readonly from: SpanFacts; received: boolean };

/** By trace: the query of its earliest span that names one. By start, then by id and kind, so that order does not show. */
function queriesIn(nodes: readonly DraftNode[], traces: ReadonlyMap<string, Tops>): Map<string, Query> {
  const queries = new Map<string, Query>();
  for (const { span, traceId } of nodes) {
    if (span?.facts.query === undefined || !traces.has(traceId)) continue;
    const { facts } = span;
    const known = queries.get(traceId);
    const received = facts.kind === "query" || known?.received === true;
    if (known !== undefined && !isEarlier(facts, known.from)) known.received = received;
    else queries.set(traceId, { name: span.facts.query.name, from: facts, received });
  }
  return queries;
}

function isEarlier(a: SpanFacts, b: SpanFacts): boolean {
  if (a.start !== b.start) return a.start < b.start;
  if (a.spanId !== b.spanId) return a.spanId < b.spanId;
  return a.otlpKind < b.otlpKind;
}
