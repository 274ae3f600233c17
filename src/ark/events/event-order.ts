import { ARK_OPERATIONS } from "../../otel/semconv/ark.ts";
import { readReason } from "../../logs/ark-events/ark-event.ts";
import { instantOf } from "./posted-event.ts";
import type { ArkOperation } from "../../logs/ark-events/ark-event.ts";
import type { ArkEvent } from "./posted-event.ts";

/** From the outside in. */
const DEPTHS = Object.keys(ARK_OPERATIONS);

/** By time. At one moment, starts go from the outside in; ends follow, from the inside out. */
export function compareEvents(a: ArkEvent, b: ArkEvent): number {
  const timeA = instantOf(a.timestamp) ?? 0n;
  const timeB = instantOf(b.timestamp) ?? 0n;
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  const [startA, startB] = [isStart(a), isStart(b)];
  if (startA !== startB) return startA ? -1 : 1;
  return startA ? depthOf(a) - depthOf(b) : depthOf(b) - depthOf(a);
}

function isStart({ reason }: ArkEvent): boolean {
  return readReason(reason)?.phase === "Start";
}

/** Operations without spans, such as those of memory, are the innermost. */
function depthOf({ reason }: ArkEvent): number {
  const operation = readReason(reason)?.operation;
  return operation === undefined ? DEPTHS.length : DEPTHS.indexOf(operation);
}

/**
 * Derived events that were not posted. Events have no span id, so posted events replace as many derived ones of the same query,
 * reason and subject, the first for the first.
 */
export function notPosted<Derived extends { readonly event: ArkEvent }>(
  derived: readonly Derived[],
  posted: readonly ArkEvent[],
): Derived[] {
  const counts = new Map<string, number>();
  for (const event of posted) {
    const subject = keyOf(event);
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  const left = new Set(derived);
  for (const one of [...derived].toSorted((a, b) => compareEvents(a.event, b.event))) {
    const subject = keyOf(one.event);
    const count = counts.get(subject) ?? 0;
    if (count === 0) continue;
    counts.set(subject, count - 1);
    left.delete(one);
  }
  return [...left];
}

/** The fields of an event's data that may name the operation's subject. */
const SUBJECTS: Readonly<Record<ArkOperation, readonly string[]>> = {
  QueryExecution: [],
  TeamExecution: ["teamName", "team"],
  TeamTurn: ["turn"],
  TeamMember: ["memberName"],
  AgentExecution: ["agent"],
  LLMCall: ["model"],
  ToolCall: ["toolName", "tool"],
};

/** Query, operation, subject, and start or end: ends of any kind are equal. Spans put a namespace before names, events may not. */
function keyOf({ reason, data }: ArkEvent): string {
  const { operation, phase } = readReason(reason) ?? {};
  const fields = operation === undefined ? [] : SUBJECTS[operation];
  const subject = fields.map((field) => data[field]).find((text) => text !== undefined);
  const name = subject?.slice(subject.lastIndexOf("/") + 1);
  return JSON.stringify([data.queryNamespace, data.queryName, operation ?? reason, phase === "Start", name]);
}
