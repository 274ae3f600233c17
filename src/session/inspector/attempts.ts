import type { Content } from "../../content/content-value.ts";
import { gistOfContent } from "../../content/gist.ts";
import { mediaText, withoutBytes } from "../../content/media.ts";
import type { MessagePart } from "../../content/message-parts.ts";
import type { Message } from "../../content/messages.ts";
import { partMedia } from "../../content/result-parts.ts";
import { jsonText } from "../../otel/any-value.ts";
import type { TreeNode } from "../tree/tree.ts";
import type { StepReader } from "./step-reader.ts";

/** Where a call stands among the attempts at it. */
export type Attempts = {
  readonly number: number;
  readonly of: number;
  readonly before?: TreeNode;
  readonly after?: TreeNode;
};

/** The attempts at a call: calls of one tool or model under one parent, each after the one before it failed; `undefined` of a call that was made once. */
export function attemptsOf(node: TreeNode): Attempts | undefined {
  const subject = subjectOf(node);
  const alike = subject === "" ? [] : (node.parent?.children ?? []).filter((one) => subjectOf(one) === subject);
  const at = alike.indexOf(node);
  if (at < 0) return undefined;
  let first = at;
  while (first > 0 && isRetry(alike[first - 1], alike[first])) first--;
  let last = at;
  while (last < alike.length - 1 && isRetry(alike[last], alike[last + 1])) last++;
  if (first === last) return undefined;
  const [before, after] = [at > first ? alike[at - 1] : undefined, at < last ? alike[at + 1] : undefined];
  return {
    number: at - first + 1,
    of: last - first + 1,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function isRetry(before: TreeNode | undefined, next: TreeNode | undefined): boolean {
  return before !== undefined && next !== undefined && (before.error || before.canceled) && next.start >= before.end;
}

/** Of a call: its kind, with the tool or the model. */
function subjectOf({ span }: TreeNode): string {
  if (span === undefined) return "";
  const { kind, tool, model, name } = span.facts;
  switch (kind) {
    case "tool":
      return `tool ${tool ?? name}`;
    case "llm":
    case "embedding":
      return `${kind} ${model ?? name}`;
    case "retrieval":
      return `retrieval ${name}`;
    default:
      return "";
  }
}

/** A text of two attempts. */
export type Compared = { readonly before: string; readonly now: string };

/** What two attempts were given, as texts whose lines can be compared; and what came of each, in a line. */
export function comparedAttempts(
  before: TreeNode,
  now: TreeNode,
  reader: StepReader,
): { readonly input: Compared; readonly outcome: Compared } {
  return {
    input: { before: textOf(reader.contentOf(before).input), now: textOf(reader.contentOf(now).input) },
    outcome: { before: outcomeOf(before, reader), now: outcomeOf(now, reader) },
  };
}

function outcomeOf(node: TreeNode, reader: StepReader): string {
  const { output, exception } = reader.contentOf(node);
  if (!node.error && !node.canceled)
    return node.running ? "running" : gistOfContent(output) || textOf(output) || "no result";
  const cause = [exception?.type, exception?.message ?? node.failure].filter(
    (word) => word !== undefined && word !== "",
  );
  return `✗ ${cause.join(": ") || (node.canceled ? "canceled" : "failed")}`;
}

/** Messages one after the other, data with a line a field. */
function textOf(content: Content | undefined): string {
  if (content === undefined) return "";
  if (content.kind === "messages") return content.messages.map(messageText).join("\n");
  return content.kind === "json" ? jsonText(withoutBytes(content.value), 2) : withoutBytes(content.text);
}

const messageText = ({ role, parts }: Message): string => `${role}: ${parts.map(partText).join("\n")}`;

function partText(part: MessagePart): string {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.text;
    case "tool_call":
      return `${part.name} ${jsonText(withoutBytes(part.arguments), 2)}`;
    case "tool_call_response":
      return jsonText(withoutBytes(part.result), 2);
    case "other": {
      const media = partMedia(part);
      return media.length === 0 ? part.text : media.map((one) => `[${mediaText(one, "en")}]`).join(" ");
    }
  }
}
