import { countOf, numberOf, textOf } from "../otel/any-value.ts";
import * as keys from "../otel/semconv/attributes.ts";
import * as live from "../otel/semconv/running.ts";
import * as records from "../otel/semconv/logs.ts";
import { DERIVATIONS } from "./derivation.ts";
import { FixedKeys } from "../lib/fixed-keys.ts";
import { INPUT_KEYS } from "../otel/semconv/content.ts";
import { sessionName, sessionNameIfUuid } from "./session-id.ts";
import type { AnyValue, KeyValue } from "../otel/span.ts";
import { aiSdkKind, EXPLICIT_KINDS, OPERATION_KINDS, SPAN_KINDS, STEP_WORDS } from "./kind.ts";
import type { SpanKind } from "./kind.ts";

/** What is looked for in a span's attributes: a place in the array that {@link indexAttributes} returns. */
export const FIELD = {
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
  inputRequest: 37,
  task: 38,
  taskState: 39,
  approvalState: 40,
  derivation: 41,
} as const;

const FIELDS = 42;

/** What a key's value says for one concept; `undefined` when it says nothing and a later key may. */
type FieldValue = string | number | AnyValue;
type ReadField = (value: AnyValue) => FieldValue | undefined;
type FieldReader = { readonly field: number; readonly rank: number; readonly read: ReadField };

/** Where the value of any key goes that ends as {@link live.PENDING_SUFFIX}. */
const PENDING: readonly FieldReader[] = [
  { field: FIELD.pending, rank: 0, read: (value) => (isTrue(value) ? 1 : undefined) },
];

/** By key, where its value may go. */
const READERS = new FixedKeys<readonly FieldReader[]>(fieldReaders());

function fieldReaders(): Map<string, FieldReader[]> {
  const byKey = new Map<string, FieldReader[]>();
  const put = (field: number, ordered: readonly string[], read: ReadField, from = 0): void => {
    ordered.forEach((key, at) => {
      const place = { field, rank: from + at, read };
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [place]);
      else known.push(place);
    });
  };
  put(FIELD.chosenSession, keys.SESSION_KEYS.chosen, sessionName);
  put(FIELD.frameworkSession, keys.SESSION_KEYS.framework, sessionName);
  put(FIELD.conversation, keys.SESSION_KEYS.conversation, sessionName);
  put(
    FIELD.conversation,
    keys.SESSION_KEYS.conversationIfUuid,
    sessionNameIfUuid,
    keys.SESSION_KEYS.conversation.length,
  );
  put(FIELD.service, keys.SERVICE_KEYS, textOf);
  put(FIELD.explicitKind, keys.KIND_KEYS, (value) => kindIn(EXPLICIT_KINDS, value));
  put(FIELD.operation, keys.OPERATION_KEYS, (value) => kindIn(OPERATION_KINDS, value));
  put(FIELD.aiSdkOperation, keys.AI_SDK_OPERATION_KEYS, (value) => {
    const kind = aiSdkKind(value.stringValue ?? "");
    return kind === undefined ? undefined : SPAN_KINDS.indexOf(kind);
  });
  keys.PRESENCE_KEYS.forEach(([key, kind], rank) => {
    const index = SPAN_KINDS.indexOf(kind);
    put(FIELD.present, [key], () => index, rank);
  });
  put(FIELD.step, keys.STEP_KEYS, (value) => (STEP_WORDS.get(value.stringValue ?? "") === true ? 1 : undefined));
  put(FIELD.queryName, keys.QUERY_NAME_KEYS, textOf);
  put(FIELD.queryNamespace, keys.QUERY_NAMESPACE_KEYS, textOf);
  put(FIELD.agent, keys.AGENT_SPAN_KEYS, textOf);
  put(FIELD.team, keys.TEAM_KEYS, textOf);
  put(FIELD.tool, keys.TOOL_KEYS, textOf);
  put(FIELD.model, keys.MODEL_SPAN_KEYS, textOf);
  put(FIELD.inputTokens, keys.INPUT_TOKEN_KEYS, countOf);
  put(FIELD.outputTokens, keys.OUTPUT_TOKEN_KEYS, countOf);
  put(FIELD.cachedTokens, keys.CACHED_TOKEN_KEYS, countOf);
  put(FIELD.reasoningTokens, keys.REASONING_TOKEN_KEYS, countOf);
  put(FIELD.usage, keys.USAGE_KEYS, textOf);
  put(FIELD.answer, keys.ANSWER_WITH_USAGE_KEYS, textOf);
  put(FIELD.cost, keys.COST_KEYS, numberOf);
  put(FIELD.costDetails, keys.COST_DETAILS_KEYS, textOf);
  put(FIELD.level, keys.LEVEL_KEYS, textOf);
  put(FIELD.input, INPUT_KEYS, (value) => (value.stringValue === "" ? undefined : value));
  put(FIELD.targetName, keys.TARGET_NAME_KEYS, textOf);
  put(FIELD.targetType, keys.TARGET_TYPE_KEYS, textOf);
  put(FIELD.user, keys.USER_KEYS, textOf);
  put(FIELD.failure, [...keys.EXCEPTION_KEYS.message, ...keys.STATUS_MESSAGE_KEYS], textOf);
  put(FIELD.failureType, keys.EXCEPTION_KEYS.type, textOf);
  put(FIELD.pendingCopy, live.SPAN_TYPE_KEYS, (value) => (value.stringValue === live.PENDING_COPY ? 1 : undefined));
  put(FIELD.pendingParent, live.PENDING_PARENT_KEYS, textOf);
  put(FIELD.pending, live.PARTIAL_EVENT_KEYS, (value) =>
    value.stringValue === live.PARTIAL_HEARTBEAT ? 1 : undefined,
  );
  put(FIELD.partialVersion, live.PARTIAL_VERSION_KEYS, countOf);
  put(FIELD.wasLongRunning, live.WAS_LONG_RUNNING_KEYS, (value) => (isTrue(value) ? 1 : undefined));
  put(FIELD.idsPath, live.IDS_PATH_KEYS, (value) => value);
  put(FIELD.namesPath, live.NAMES_PATH_KEYS, (value) => value);
  put(FIELD.inputRequest, live.MCP_METHOD_KEYS, (value) => (value.stringValue === live.ELICITATION ? 1 : undefined));
  put(
    FIELD.inputRequest,
    live.STEP_TYPE_KEYS,
    (value) => (value.stringValue === live.BLOCKED_ON_USER ? 1 : undefined),
    1,
  );
  put(FIELD.task, live.TASK_ID_KEYS, textOf);
  put(FIELD.taskState, live.TASK_STATE_KEYS, textOf);
  put(FIELD.approvalState, live.APPROVAL_STATE_KEYS, textOf);
  put(FIELD.derivation, records.DERIVATION_KEYS, (value) => {
    const told = DERIVATIONS.findIndex((word) => word === value.stringValue);
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

export type AttributeIndex = readonly (FieldValue | undefined)[];

const NOTHING: AttributeIndex = Array.from({ length: FIELDS }, () => undefined);
const UNREAD = 255;
/** Ranks of what the pass under way has found; of no meaning between passes. */
const ranks = new Uint8Array(FIELDS);

/** One pass over the attributes: for each concept the value of the key that comes first in precedence. */
export function indexAttributes(attributes: readonly KeyValue[] | undefined): AttributeIndex {
  if (attributes === undefined) return NOTHING;
  const found = [...NOTHING];
  ranks.fill(UNREAD);
  for (const { key, value } of attributes) {
    const where = READERS.get(key) ?? (key.endsWith(live.PENDING_SUFFIX) ? PENDING : undefined);
    if (where === undefined || value === undefined) continue;
    for (const { field: slot, rank, read } of where) {
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

export function textIn(index: AttributeIndex, field: number): string | undefined {
  const reading = index[field];
  return typeof reading === "string" ? reading : undefined;
}

export function numberIn(index: AttributeIndex, field: number): number | undefined {
  const reading = index[field];
  return typeof reading === "number" ? reading : undefined;
}

export function kindAt(index: AttributeIndex, field: number): SpanKind | undefined {
  const reading = index[field];
  return typeof reading === "number" ? SPAN_KINDS[reading] : undefined;
}

export function valueIn(index: AttributeIndex, field: number): AnyValue | undefined {
  const reading = index[field];
  return typeof reading === "object" ? reading : undefined;
}
