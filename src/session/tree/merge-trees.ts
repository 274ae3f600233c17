import type { SessionTimes } from "../session-times.ts";
import { EMPTY_TREE } from "./tree-node.ts";
import type { SessionTree, TreeNode } from "./tree-node.ts";

/** The roots of one trace, with all rows below them. */
type TraceRows = { readonly roots: readonly TreeNode[]; readonly rows: readonly TreeNode[]; readonly first: TreeNode };

const known = new WeakMap<SessionTree, readonly TraceRows[]>();

/** The tree of a session of those of its parts, which share no trace. */
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
  const traces = parts.flatMap(tracesIn).sort(compareTraces);
  const byTrace = new Map<string, SessionTree>();
  for (const part of parts) for (const { first } of tracesIn(part)) byTrace.set(first.traceId, part);
  const partWith = (key: string): SessionTree | undefined => byTrace.get(key.slice(0, key.indexOf(":")));
  return {
    roots: joined(traces.map(({ roots }) => roots)),
    rows: joined(traces.map(({ rows }) => rows)),
    start,
    end,
    byKey: { get: (key) => partWith(key)?.byKey.get(key) },
    bySpan: { get: (key) => partWith(key)?.bySpan.get(key) },
    replacements: new Map(parts.flatMap(({ replacements }) => [...replacements])),
  };
}

/** Once for each tree. */
function tracesIn(tree: SessionTree): readonly TraceRows[] {
  let traces = known.get(tree);
  if (traces === undefined) known.set(tree, (traces = splitByTrace(tree)));
  return traces;
}

function splitByTrace({ roots, rows }: SessionTree): readonly TraceRows[] {
  const traces: TraceRows[] = [];
  let from = 0;
  for (let root = 0; root < roots.length;) {
    const first = roots[root];
    if (first === undefined) break;
    const [firstRoot, firstRow] = [root, from];
    for (; roots[root]?.traceId === first.traceId; root++) from += (roots[root]?.descendants ?? 0) + 1;
    traces.push({ roots: roots.slice(firstRoot, root), rows: rows.slice(firstRow, from), first });
  }
  return traces;
}

/** By the first root, then by id, as in the tree of a part. */
function compareTraces({ first: a }: TraceRows, { first: b }: TraceRows): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return a.traceId < b.traceId ? -1 : 1;
}

/** A call takes no more arguments on every engine. */
const MOST_ARGUMENTS = 10_000;

/** Each list is copied in one piece: a batch joins all rows of the session. */
function joined(lists: readonly (readonly TreeNode[])[]): TreeNode[] {
  const none: TreeNode[] = [];
  return lists.length > MOST_ARGUMENTS ? lists.flat() : none.concat(...lists);
}
