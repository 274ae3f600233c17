import type { SpanKind } from "../../facts/facts.ts";
import { foldRoots } from "../tree/fold-roots.ts";
import type { SessionTree, TreeNode } from "../tree/tree.ts";

/** A call of a model, and whose it is. */
export type ModelCall = {
  readonly node: TreeNode;
  /** The agent, the team or the tool around it; `undefined` of the session's own. */
  readonly owner: TreeNode | undefined;
};

/** Calls within these belong to another participant than those around them. */
const PARTICIPANTS: ReadonlySet<SpanKind> = new Set<SpanKind>(["agent", "team", "tool"]);

/** Who makes a call: the agent, the team or the tool around it. */
export function ownerOf(node: TreeNode): TreeNode | undefined {
  for (let above = node.parent; above !== undefined; above = above.parent)
    if (above.span !== undefined && PARTICIPANTS.has(above.span.facts.kind)) return above;
  return undefined;
}

/** Equal for several runs of one agent, such as its turns. */
export function participantOf(owner: TreeNode | undefined): string {
  const facts = owner?.span?.facts;
  return facts === undefined ? "" : `${facts.kind === "tool" ? "tool" : "agent"} ${nameOf(owner)}`;
}

/** The agent's or the tool's name, else the span's. */
export function nameOf(node: TreeNode | undefined): string {
  const facts = node?.span?.facts;
  return facts?.agent ?? facts?.team ?? facts?.tool ?? node?.name ?? "";
}

const isModel = ({ span }: TreeNode): boolean => span?.facts.kind === "llm";

const callsByRoot = foldRoots((rows): readonly TreeNode[] => {
  const outer = new Set<TreeNode>();
  const models = rows.filter(isModel);
  // Frameworks nest the call of a client in their own: the innermost is the call.
  for (const call of models)
    for (let above = call.parent; above !== undefined && !outer.has(above); above = above.parent)
      if (isModel(above)) outer.add(above);
  return models.filter((row) => !outer.has(row));
});

const known = new WeakMap<SessionTree, readonly ModelCall[]>();

/** The calls of models of a session by start, each once. */
export function modelCalls(tree: SessionTree): readonly ModelCall[] {
  let calls = known.get(tree);
  if (calls === undefined) {
    const nodes = callsByRoot(tree).flat();
    calls = nodes.map((node) => ({ node, owner: ownerOf(node) })).sort((a, b) => compare(a.node, b.node));
    known.set(tree, calls);
  }
  return calls;
}

const compare = (a: TreeNode, b: TreeNode): number => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0);

/** A place in a sequence, from one. */
export type Place = { readonly number: number; readonly of: number };

/** Where a call stands among those of its agent's run, and among all of the session; `undefined` of no call. */
export function placeOf(tree: SessionTree, node: TreeNode): { readonly here: Place; readonly all: Place } | undefined {
  const calls = modelCalls(tree);
  const at = calls.findIndex((call) => call.node === node);
  const own = calls[at];
  if (own === undefined) return undefined;
  const here = calls.filter(({ owner }) => owner === own.owner);
  return {
    here: { number: here.indexOf(own) + 1, of: here.length },
    all: { number: at + 1, of: calls.length },
  };
}

/** Earlier calls that are looked at. */
export const MAX_BEFORE = 8;

/** The calls before, of the same agent, the most likely first: of this run before other runs, of the same model before others, the newest first. */
export function callsBefore(tree: SessionTree, node: TreeNode): readonly TreeNode[] {
  const owner = ownerOf(node);
  const participant = participantOf(owner);
  const before = modelCalls(tree).filter(
    (call) => compare(call.node, node) < 0 && call.node !== node && participantOf(call.owner) === participant,
  );
  const rank = (call: ModelCall): number =>
    (call.owner === owner ? 0 : 2) + (call.node.span?.facts.model === node.span?.facts.model ? 0 : 1);
  return before
    .toReversed()
    .slice(0, MAX_BEFORE * 4)
    .map((call) => ({ call, rank: rank(call) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX_BEFORE)
    .map(({ call }) => call.node);
}
