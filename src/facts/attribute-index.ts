import { countOf, numberOf, textOf } from "../otel/any-value.ts";
import * as keys from "../otel/semconv/attributes.ts";
import * as live from "../otel/semconv/running.ts";
import * as records from "../otel/semconv/logs.ts";
import { TOLD } from "./derivation.ts";
import { FixedKeys } from "../lib/fixed-keys.ts";
import { INPUT_KEYS } from "../otel/semconv/content.ts";
import { sessionName, sessionNameIfUuid } from "./session-id.ts";
import type { AnyValue, KeyValue } from "../otel/span.ts";
import { aiSdkKind, EXPLICIT_KINDS, OPERATION_KINDS, SPAN_KINDS, STEP_WORDS } from "./kind.ts";
import type { SpanKind } from "./kind.ts";

/** What is looked for in a span's attributes: a place in the array that {@link readSlots} returns. */
export const SLOT = {
  chosenSession: 0,
  frameworkSession: 1,
  conversation: 2,
  service: 3,
  explicitKind: 4,
  operation: 5,
  aiSdkOperation: 6,
  present: 7,
  step: 8,
  queryName: 9,
  queryNamespace: 10,
  agent: 11,
  team: 12,
  tool: 13,
  model: 14,
  inputTokens: 15,
  outputTokens: 16,
  cachedTokens: 17,
  reasoningTokens: 18,
  usage: 19,
  answer: 20,
  cost: 21,
  costDetails: 22,
  level: 23,
  input: 24,
  pendingCopy: 25,
  pendingParent: 26,
  pending: 27,
  partialVersion: 28,
  wasLongRunning: 29,
  idsPath: 30,
  namesPath: 31,
  targetName: 32,
  targetType: 33,
  user: 34,
  failure: 35,
  failureType: 36,
  asking: 37,
  task: 38,
  taskState: 39,
  approvalState: 40,
  told: 41,
} as const;

const SLOTS = 42;

/** What a key's value says for one concept; `undefined` when it says nothing and a later key may. */
type Reading = string | number | AnyValue;
type Read = (value: AnyValue) => Reading | undefined;
type Place = { readonly slot: number; readonly rank: number; readonly read: Read };

/** Where the value of any key goes that ends as {@link live.PENDING_SUFFIX}. */
const PENDING: readonly Place[] = [{ slot: SLOT.pending, rank: 0, read: (value) => (isTrue(value) ? 1 : undefined) }];

/** By key, where its value may go. */
const PLACES = new FixedKeys<readonly Place[]>(places());

function places(): Map<string, Place[]> {
  const byKey = new Map<string, Place[]>();
  const put = (slot: number, ordered: readonly string[], read: Read, from = 0): void => {
    ordered.forEach((key, at) => {
      const place = { slot, rank: from + at, read };
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [place]);
      else known.push(place);
    });
  };
  put(SLOT.chosenSession, keys.SESSION_KEYS.chosen, sessionName);
  put(SLOT.frameworkSession, keys.SESSION_KEYS.framework, sessionName);
  put(SLOT.conversation, keys.SESSION_KEYS.conversation, sessionName);
  put(
    SLOT.conversation,
    keys.SESSION_KEYS.conversationIfUuid,
    sessionNameIfUuid,
    keys.SESSION_KEYS.conversation.length,
  );
  put(SLOT.service, keys.SERVICE_KEYS, textOf);
  put(SLOT.explicitKind, keys.KIND_KEYS, (value) => kindIn(EXPLICIT_KINDS, value));
  put(SLOT.operation, keys.OPERATION_KEYS, (value) => kindIn(OPERATION_KINDS, value));
  put(SLOT.aiSdkOperation, keys.AI_SDK_OPERATION_KEYS, (value) => {
    const kind = aiSdkKind(value.stringValue ?? "");
    return kind === undefined ? undefined : SPAN_KINDS.indexOf(kind);
  });
  keys.PRESENCE_KEYS.forEach(([key, kind], rank) => {
    const index = SPAN_KINDS.indexOf(kind);
    put(SLOT.present, [key], () => index, rank);
  });
  put(SLOT.step, keys.STEP_KEYS, (value) => (STEP_WORDS.get(value.stringValue ?? "") === true ? 1 : undefined));
  put(SLOT.queryName, keys.QUERY_NAME_KEYS, textOf);
  put(SLOT.queryNamespace, keys.QUERY_NAMESPACE_KEYS, textOf);
  put(SLOT.agent, keys.AGENT_SPAN_KEYS, textOf);
  put(SLOT.team, keys.TEAM_KEYS, textOf);
  put(SLOT.tool, keys.TOOL_KEYS, textOf);
  put(SLOT.model, keys.MODEL_SPAN_KEYS, textOf);
  put(SLOT.inputTokens, keys.INPUT_TOKEN_KEYS, countOf);
  put(SLOT.outputTokens, keys.OUTPUT_TOKEN_KEYS, countOf);
  put(SLOT.cachedTokens, keys.CACHED_TOKEN_KEYS, countOf);
  put(SLOT.reasoningTokens, keys.REASONING_TOKEN_KEYS, countOf);
  put(SLOT.usage, keys.USAGE_KEYS, textOf);
  put(SLOT.answer, keys.ANSWER_WITH_USAGE_KEYS, textOf);
  put(SLOT.cost, keys.COST_KEYS, numberOf);
  put(SLOT.costDetails, keys.COST_DETAILS_KEYS, textOf);
  put(SLOT.level, keys.LEVEL_KEYS, textOf);
  put(SLOT.input, INPUT_KEYS, (value) => (value.stringValue === "" ? undefined : value));
  put(SLOT.targetName, keys.TARGET_NAME_KEYS, textOf);
  put(SLOT.targetType, keys.TARGET_TYPE_KEYS, textOf);
  put(SLOT.user, keys.USER_KEYS, textOf);
  put(SLOT.failure, [...keys.EXCEPTION_KEYS.message, ...keys.STATUS_MESSAGE_KEYS], textOf);
  put(SLOT.failureType, keys.EXCEPTION_KEYS.type, textOf);
  put(SLOT.pendingCopy, live.SPAN_TYPE_KEYS, (value) => (value.stringValue === live.PENDING_COPY ? 1 : undefined));
  put(SLOT.pendingParent, live.PENDING_PARENT_KEYS, textOf);
  put(SLOT.pending, live.PARTIAL_EVENT_KEYS, (value) => (value.stringValue === live.PARTIAL_HEARTBEAT ? 1 : undefined));
  put(SLOT.partialVersion, live.PARTIAL_VERSION_KEYS, countOf);
  put(SLOT.wasLongRunning, live.WAS_LONG_RUNNING_KEYS, (value) => (isTrue(value) ? 1 : undefined));
  put(SLOT.idsPath, live.IDS_PATH_KEYS, (value) => value);
  put(SLOT.namesPath, live.NAMES_PATH_KEYS, (value) => value);
  put(SLOT.asking, live.MCP_METHOD_KEYS, (value) => (value.stringValue === live.ELICITATION ? 1 : undefined));
  put(SLOT.asking, live.STEP_TYPE_KEYS, (value) => (value.stringValue === live.BLOCKED_ON_USER ? 1 : undefined), 1);
  put(SLOT.task, live.TASK_ID_KEYS, textOf);
  put(SLOT.taskState, live.TASK_STATE_KEYS, textOf);
  put(SLOT.approvalState, live.APPROVAL_STATE_KEYS, textOf);
  put(SLOT.told, records.TOLD_KEYS, (value) => {
    const told = TOLD.findIndex((word) => word === value.stringValue);
    return told < 0 ? undefined : told;
  });
  return byKey;
}

/** Producers write a flag as whatever their own form holds. */
function isTrue(value: AnyValue): boolean {
  return value.boolValue ?? (value.stringValue?.toLowerCase() === "true" || numberOf(value) === 1);
}

function kindIn(kinds: FixedKeys<SpanKind>, value: AnyValue): number | undefined {
  const kind = kinds.get((value.stringValue ?? "").toLowerCase());
  return kind === undefined ? undefined : SPAN_KINDS.indexOf(kind);
}

export type Slots = readonly (Reading | undefined)[];

const NOTHING: Slots = Array.from({ length: SLOTS }, () => undefined);
const UNREAD = 255;
/** Ranks of what the pass under way has found; of no meaning between passes. */
const ranks = new Uint8Array(SLOTS);

/** One pass over the attributes: for each concept the value of the key that comes first in precedence. */
export function readSlots(attributes: readonly KeyValue[] | undefined): Slots {
  if (attributes === undefined) return NOTHING;
  const found = [...NOTHING];
  ranks.fill(UNREAD);
  for (const { key, value } of attributes) {
    const where = PLACES.get(key) ?? (key.endsWith(live.PENDING_SUFFIX) ? PENDING : undefined);
    if (where === undefined || value === undefined) continue;
    for (const { slot, rank, read } of where) {
      // Of two attributes with one key the first counts.
      if (rank >= (ranks[slot] ?? 0)) continue;
      const reading = read(value);
      if (reading === undefined) continue;
      ranks[slot] = rank;
      found[slot] = reading;
    }
  }
  return found;
}

export function textIn(slots: Slots, slot: number): string | undefined {
  const reading = slots[slot];
  return typeof reading === "string" ? reading : undefined;
}

export function numberIn(slots: Slots, slot: number): number | undefined {
  const reading = slots[slot];
  return typeof reading === "number" ? reading : undefined;
}

export function kindAt(slots: Slots, slot: number): SpanKind | undefined {
  const reading = slots[slot];
  return typeof reading === "number" ? SPAN_KINDS[reading] : undefined;
}

export function valueIn(slots: Slots, slot: number): AnyValue | undefined {
  const reading = slots[slot];
  return typeof reading === "object" ? reading : undefined;
}
