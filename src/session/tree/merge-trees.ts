import type { SessionTimes } from "../session-times.ts";
import { EMPTY_TREE } from "./tree-node.ts";
import type { SessionTree, TreeNode } from "./tree-node.ts";

/** Some roots of one trace in their order, with all rows below them. */
type Run = { readonly roots: readonly TreeNode[]; readonly rows: readonly TreeNode[]; readonly first: TreeNode };

/** By trace id: the trees that have roots of it. */
type TreesOfTraces = ReadonlyMap<string, readonly SessionTree[]>;

/** The tree of a session of those of its parts. Parts share traces, but no tree of spans. */
export function mergeTrees(parts: readonly SessionTree[], { start, end }: SessionTimes): SessionTree {
  const [only = EMPTY_TREE] = parts;
  if (parts.length <= 1) {
    const { roots, rows, replacements } = only;
    return {
      roots,
      rows,
      start,
      end,
      replacements,
      get byKey() {
        return only.byKey;
      },
      get bySpan() {
        return only.bySpan;
      },
    };
  }
  const ofTraces = new Map<string, SessionTree[]>();
  for (const part of parts) {
    for (const { first } of runsOf(part)) {
      const known = ofTraces.get(first.traceId);
      if (known === undefined) ofTraces.set(first.traceId, [part]);
      else known.push(part);
    }
  }
  const runs = inOrder(parts, ofTraces);
  return {
    roots: joined(runs.map(({ roots }) => roots)),
    rows: joined(runs.map(({ rows }) => rows)),
    start,
    end,
    byKey: new Nodes(ofTraces, (tree, key) => tree.byKey.get(key)),
    bySpan: new Nodes(ofTraces, (tree, key) => tree.bySpan.get(key)),
    replacements: new Map(parts.flatMap(({ replacements }) => [...replacements])),
  };
}

/** Nodes by a key that begins with the trace's id. */
class Nodes {
  readonly #ofTraces: TreesOfTraces;
  readonly #find: (tree: SessionTree, key: string) => TreeNode | undefined;
  /** Neighbours mostly share it. */
  #last: SessionTree | undefined;

  constructor(ofTraces: TreesOfTraces, find: (tree: SessionTree, key: string) => TreeNode | undefined) {
    this.#ofTraces = ofTraces;
    this.#find = find;
  }

  get(key: string): TreeNode | undefined {
    const trees = this.#ofTraces.get(key.slice(0, key.indexOf(":"))) ?? [];
    const [only] = trees;
    if (only !== undefined && trees.length === 1) return this.#find(only, key);
    const found = this.#last && trees.includes(this.#last) ? this.#find(this.#last, key) : undefined;
    if (found !== undefined) return found;
    for (const tree of trees) {
      const node = this.#find(tree, key);
      if (node === undefined) continue;
      this.#last = tree;
      return node;
    }
    return undefined;
  }
}

/** The rows of all parts as in one tree: traces by their first root, then by id. */
function inOrder(parts: readonly SessionTree[], ofTraces: TreesOfTraces): readonly Run[] {
  const shared = new Map<string, Run[]>();
  const traces: { readonly first: TreeNode; readonly runs: readonly Run[] }[] = [];
  for (const run of parts.flatMap(runsOf)) {
    const { traceId } = run.first;
    if (ofTraces.get(traceId)?.length === 1) traces.push({ first: run.first, runs: [run] });
    else {
      const known = shared.get(traceId);
      if (known === undefined) shared.set(traceId, [...rootsOf(run)]);
      else for (const root of rootsOf(run)) known.push(root);
    }
  }
  for (const runs of shared.values()) {
    const [earliest] = runs.sort((a, b) => compareRoots(a.first, b.first));
    if (earliest !== undefined) traces.push({ first: earliest.first, runs });
  }
  return traces.sort((a, b) => compareTraces(a.first, b.first)).flatMap(({ runs }) => runs);
}

const knownRuns = new WeakMap<SessionTree, readonly Run[]>();

/** One for each trace of a tree. */
function runsOf(tree: SessionTree): readonly Run[] {
  let runs = knownRuns.get(tree);
  if (runs === undefined) knownRuns.set(tree, (runs = splitByTrace(tree)));
  return runs;
}

function splitByTrace({ roots, rows }: SessionTree): readonly Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let root = 0; root < roots.length;) {
    const first = roots[root];
    if (first === undefined) break;
    const firstRoot = root;
    const firstRow = from;
    for (; roots[root]?.traceId === first.traceId; root++) from += (roots[root]?.descendants ?? 0) + 1;
    runs.push({ roots: roots.slice(firstRoot, root), rows: rows.slice(firstRow, from), first });
  }
  return runs;
}

const knownRoots = new WeakMap<Run, readonly Run[]>();

/** One for each root of a run. */
function rootsOf(run: Run): readonly Run[] {
  let roots = knownRoots.get(run);
  if (roots === undefined) {
    let from = 0;
    roots = run.roots.map((first) => {
      const rows = run.rows.slice(from, (from += first.descendants + 1));
      return { roots: [first], rows, first };
    });
    knownRoots.set(run, roots);
  }
  return roots;
}

/** As in the tree of a part. */
function compareTraces(a: TreeNode, b: TreeNode): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return a.traceId < b.traceId ? -1 : 1;
}

/** As in the tree of a part: by start, then by span id. A trace in which two spans have one id is in one part. */
function compareRoots(a: TreeNode, b: TreeNode): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return a.spanId < b.spanId ? -1 : 1;
}

/** A call takes no more arguments on every engine. */
const MOST_ARGUMENTS = 10_000;

/** Each list is copied in one piece: a batch joins all rows of the session. */
function joined(lists: readonly (readonly TreeNode[])[]): TreeNode[] {
  const none: TreeNode[] = [];
  return lists.length > MOST_ARGUMENTS ? lists.flat() : none.concat(...lists);
}
