import type { MessagePart } from "../../content/message-parts.ts";
import { textOrJson } from "../../otel/any-value.ts";
import { foldRoots } from "../tree/fold-roots.ts";
import type { SessionTree, TreeNode } from "../tree/tree.ts";
import { keyOf } from "../transcript/said.ts";
import { MAX_BEFORE, modelCalls, ownerOf } from "./model-calls.ts";
import type { StepReader } from "./step-reader.ts";

type Call = Extract<MessagePart, { type: "tool_call" }>;

/** A call in a model's answer, and the span of the tool that carried it out; `undefined` if there is none. */
export type AnsweredCall = { readonly call: Call; readonly by: TreeNode | undefined };

const toolsByRoot = foldRoots((rows) => rows.filter(({ span }) => span?.facts.kind === "tool"));

const known = new WeakMap<SessionTree, ReadonlyMap<TreeNode | undefined, readonly TreeNode[]>>();

/** By start, by whose they are. */
function toolsOf(tree: SessionTree, owner: TreeNode | undefined): readonly TreeNode[] {
  let byOwner = known.get(tree);
  if (byOwner === undefined) {
    const grouped = new Map<TreeNode | undefined, TreeNode[]>();
    for (const node of toolsByRoot(tree).flat()) {
      const of = ownerOf(node);
      const list = grouped.get(of);
      if (list === undefined) grouped.set(of, [node]);
      else list.push(node);
    }
    for (const list of grouped.values()) list.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    known.set(tree, (byOwner = grouped));
  }
  return byOwner.get(owner) ?? [];
}

/** The calls in a model's answer with their spans: those of the same agent, until its next call of a model begins, paired by id, else by arguments, else by name. */
export function callsOf(tree: SessionTree, node: TreeNode, reader: StepReader): readonly AnsweredCall[] {
  const { output } = reader.contentOf(node);
  const calls =
    output?.kind === "messages"
      ? output.messages.flatMap(({ parts }) => parts.filter((part) => part.type === "tool_call"))
      : [];
  if (calls.length === 0) return [];
  const owner = ownerOf(node);
  const next = modelCalls(tree).find(
    (one) => one.owner === owner && one.node !== node && one.node.start >= node.end && one.node.start > node.start,
  );
  const spans = toolsOf(tree, owner).filter(
    ({ start }) => start >= node.start && (next === undefined || start < next.node.start),
  );
  return paired(calls, spans, reader);
}

function paired(calls: readonly Call[], spans: readonly TreeNode[], reader: StepReader): readonly AnsweredCall[] {
  const free = new Set(spans);
  const found = new Map<Call, TreeNode>();
  const pair = (fits: (call: Call, span: TreeNode) => boolean): void => {
    for (const call of calls) {
      if (found.has(call)) continue;
      for (const span of free)
        if (fits(call, span)) {
          found.set(call, span);
          free.delete(span);
          break;
        }
    }
  };
  const idOf = (span: TreeNode): string | undefined => reader.contentOf(span).tool?.callId;
  const isNamed = (call: Call, span: TreeNode): boolean => {
    const name = reader.contentOf(span).tool?.name ?? span.span?.facts.tool ?? span.name;
    return isSameName(name, call.name);
  };
  pair((call, span) => call.id !== undefined && idOf(span) === call.id);
  pair((call, span) => isNamed(call, span) && argumentsOf(span, reader) === keyOf(textOrJson(call.arguments)));
  pair(isNamed);
  return calls.map((call) => ({ call, by: found.get(call) }));
}

/** Equal, or one of them has more before it, such as a server's name: "mcp__notes__get" and "get". */
function isSameName(a: string, b: string): boolean {
  const [long, short] = a.length < b.length ? [b, a] : [a, b];
  if (short === "" || !long.endsWith(short)) return false;
  return long.length === short.length || /[^\p{L}\p{N}]/u.test(long.charAt(long.length - short.length - 1));
}

function argumentsOf(span: TreeNode, reader: StepReader): string {
  const { input } = reader.contentOf(span);
  return input === undefined || input.kind === "messages" ? "" : keyOf(input.text);
}

/** The newest span that carried out the call with this id before a model's call of the same agent, whose input has the result. */
export function spanOfResult(tree: SessionTree, node: TreeNode, id: string, reader: StepReader): TreeNode | undefined {
  return toolsOf(tree, ownerOf(node)).findLast(
    (span) => span.start <= node.start && reader.contentOf(span).tool?.callId === id,
  );
}

/** The model's call that asked for this call of a tool; `undefined` if no answer has it. */
export function askedBy(tree: SessionTree, node: TreeNode, reader: StepReader): TreeNode | undefined {
  // A tool may stand in another span of the same call, such as a client's in the agent's.
  for (let span = node, owner = ownerOf(node); ; span = owner, owner = ownerOf(owner)) {
    const before = modelCalls(tree).filter((one) => one.owner === owner && one.node.start <= span.start);
    for (const { node: model } of before.slice(-MAX_BEFORE).toReversed())
      if (callsOf(tree, model, reader).some(({ by }) => by === span)) return model;
    if (owner === undefined || owner.span?.facts.kind !== "tool" || !isSameTool(owner, node)) return undefined;
  }
}

const isSameTool = (a: TreeNode, b: TreeNode): boolean => a.span?.facts.tool === b.span?.facts.tool;
