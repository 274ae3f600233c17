import { plainValue } from "../otel/any-value.ts";
import type { ClaimedAttributes } from "./claimed-attributes.ts";
import type { Content } from "./content-value.ts";
import { readMessages } from "./messages.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { AnyValue, Offloaded } from "../otel/span.ts";

/** An index has at most four digits, a path at most twelve steps: this bounds the memory that foreign keys can take. */
const INDEX = /^\d{1,4}$/;
const MAX_STEPS = 12;
const MAX_LEAVES = 8_192;

/** Maps, because the keys are foreign. `Object.fromEntries` later makes own properties of them, so `__proto__` is harmless. */
type Branch = Map<string, Branch | Leaf>;
type Leaf = { readonly value: AnyValue };

/**
 * The messages spread over keys such as `llm.input_messages.0.message.content`, in the order of their numbers; numbers may
 * be missing. Keys beyond the limits stay unclaimed.
 */
export function indexedMessages(
  attributes: ClaimedAttributes,
  prefixes: readonly string[],
  role: "user" | "assistant",
): Content | undefined {
  for (const prefix of prefixes) {
    const { branch, offloaded } = collect(attributes, prefix);
    if (branch.size === 0) continue;
    const messages = readMessages(numbered(branch).flatMap((entry) => ofRoles(entry) ?? withRole(entry, role)));
    if (messages === undefined) continue;
    return { kind: "messages", messages, ...(offloaded === undefined ? {} : { offloaded }) };
  }
  return undefined;
}

/** The plain values spread over keys such as `llm.tools.0.tool.name`, in the order of their numbers. */
export function indexedEntries(attributes: ClaimedAttributes, prefix: string): readonly unknown[] {
  return numbered(collect(attributes, prefix).branch);
}

/** The items spread over keys such as `retrieval.documents.0.document.content`, without their common field, in the order of their numbers. */
export function indexedItems(attributes: ClaimedAttributes, prefix: string, field: string): readonly unknown[] {
  const { branch } = collect(attributes, prefix);
  return numbered(branch).map((item) => (isRecord(item) && field in item ? item[field] : item));
}

function collect(
  attributes: ClaimedAttributes,
  prefix: string,
): { readonly branch: Branch; readonly offloaded: Offloaded | undefined } {
  const branch: Branch = new Map();
  let offloaded: Offloaded | undefined;
  let leaves = 0;
  for (const [key, value] of attributes.entries()) {
    if (!key.startsWith(prefix) || leaves >= MAX_LEAVES) continue;
    const steps = key.slice(prefix.length).split(".", MAX_STEPS + 1);
    if (steps.length < 2 || steps.length > MAX_STEPS || !INDEX.test(steps[0] ?? "")) continue;
    if (!insert(branch, steps, value)) continue;
    leaves++;
    attributes.claim(key);
    offloaded ??= value.offloaded;
  }
  return { branch, offloaded };
}

/** Returns false if the path runs through a leaf or ends at a branch: of two conflicting paths the first counts. */
function insert(root: Branch, steps: readonly string[], value: AnyValue): boolean {
  let branch = root;
  for (const step of steps.slice(0, -1)) {
    let next = branch.get(step);
    if (next === undefined) branch.set(step, (next = new Map()));
    if (!(next instanceof Map)) return false;
    branch = next;
  }
  const last = steps.at(-1) ?? "";
  if (branch.has(last)) return false;
  branch.set(last, { value });
  return true;
}

function plain(node: Branch | Leaf): unknown {
  if (!(node instanceof Map)) return plainValue(node.value);
  const entries = [...node];
  if (entries.every(([step]) => INDEX.test(step))) return numbered(node);
  return Object.fromEntries(entries.map(([step, child]) => [step, plain(child)]));
}

/** The children in the order of their numbers, without gaps. */
function numbered(branch: Branch): unknown[] {
  const entries = [...branch].toSorted(([one], [other]) => Number(one) - Number(other));
  return entries.map(([, child]) => plain(child));
}

/** OpenLLMetry may write a role in place of `content`: `gen_ai.prompt.0.user`. */
function ofRoles(entry: unknown): readonly unknown[] | undefined {
  if (!isRecord(entry) || "content" in entry || "role" in entry) return undefined;
  const messages = ROLES.filter((role) => nonEmpty(entry[role]) !== undefined).map((role) => ({
    role,
    content: entry[role],
  }));
  return messages.length === 0 ? undefined : messages;
}

const ROLES = ["system", "user", "assistant"] as const;

/** Completions have no role, and calls have no content. */
function withRole(entry: unknown, role: string): unknown {
  if (!isRecord(entry)) return { role, content: entry };
  const message = isRecord(entry.message) ? entry.message : entry;
  // OpenInference writes the text-completions API as `prompt.text` and `completion.text`.
  const completion = entry.prompt ?? entry.completion;
  if (isRecord(completion)) return { role, content: completion.text ?? null };
  // OpenInference's form of a call before there were several.
  const called = nonEmpty(message.function_call_name);
  const calls =
    called === undefined
      ? undefined
      : { function_call: { name: called, arguments: message.function_call_arguments_json } };
  return { role, content: null, ...message, ...calls };
}
