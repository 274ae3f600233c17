import type { SessionTimes } from "../session-times.ts";
import { rowsFrom } from "./fold-roots.ts";
import { EMPTY_TREE } from "./tree-node.ts";
import type { SessionTree, TreeNode } from "./tree-node.ts";

/** Roots of one trace in a part, in their order. */
type Run = { readonly roots: readonly TreeNode[]; readonly first: TreeNode; readonly part: SessionTree };

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
  const runs = parts.flatMap(splitByTrace);
  const ofTraces = new Map<string, SessionTree[]>();
  for (const { first, part } of runs) {
    const known = ofTraces.get(first.traceId);
    if (known === undefined) ofTraces.set(first.traceId, [part]);
    else known.push(part);
  }
  const roots = joined(inOrder(runs, ofTraces));
  // Joined on first use: most readings do without.
  let rows: readonly TreeNode[] | undefined;
  return {
    roots,
    get rows() {
      return (rows ??= joined(roots.map(rowsFrom)));
    },
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

/** The roots of all parts as in one tree: traces by their first root, then by id. */
function inOrder(runs: readonly Run[], ofTraces: TreesOfTraces): readonly (readonly TreeNode[])[] {
  const shared = new Map<string, TreeNode[]>();
  const traces: Pick<Run, "first" | "roots">[] = [];
  for (const run of runs) {
    const { traceId } = run.first;
    const known = shared.get(traceId);
    if (ofTraces.get(traceId)?.length === 1) traces.push(run);
    else if (known === undefined) shared.set(traceId, [...run.roots]);
    else for (const root of run.roots) known.push(root);
  }
  for (const roots of shared.values()) {
    const [first] = roots.sort(compareRoots);
    if (first !== undefined) traces.push({ first, roots });
  }
  return traces.sort((a, b) => compareTraces(a.first, b.first)).map(({ roots }) => roots);
}

/** One for each trace of a tree. */
function splitByTrace(part: SessionTree): readonly Run[] {
  const { roots } = part;
  const runs: Run[] = [];
  for (let root = 0; root < roots.length;) {
    const from = root;
    const first = roots[root];
    if (first === undefined) break;
    while (roots[root]?.traceId === first.traceId) root++;
    runs.push({ roots: roots.slice(from, root), first, part });
  }
  return runs;
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

/** Each list is copied in one piece. */
function joined(lists: readonly (readonly TreeNode[])[]): TreeNode[] {
  const none: TreeNode[] = [];
  return lists.length > MOST_ARGUMENTS ? lists.flat() : none.concat(...lists);
}
