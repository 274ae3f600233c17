import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import { countOf, numberOf, parseJson, textOf } from "../otel/any-value.ts";
import * as keys from "../otel/semconv/attributes.ts";
import * as usageKeys from "../otel/semconv/usage.ts";
import * as live from "../otel/semconv/running.ts";
import { DERIVATIONS } from "./derivation.ts";
import { FixedKeys } from "../lib/fixed-keys.ts";
import { inputSignal, outputSignal } from "../content/signals.ts";
import {
  INPUT_KEYS,
  OUTCOME_KEYS,
  REQUEST_METHOD_KEYS,
  RESUME_KEYS,
  ROUTE_KEYS,
  SPAN_MESSAGE_KEY,
  TOOL_CALL_ID_KEYS,
  WHOLE_PROMPT_KEYS,
} from "../otel/semconv/content.ts";
import * as FIELD from "./fields.ts";
import { sessionName, sessionNameIfUuid, sessionNameUnlessNumber, userName } from "./session-id.ts";
import { PRODUCERS } from "./producer.ts";
import type { AnyValue, KeyValue } from "../otel/span.ts";
import {
  aiSdkKind,
  componentKind,
  EXPLICIT_KINDS,
  nodeKind,
  operationKind,
  requestKind,
  SPAN_KINDS,
  STEP_WORDS,
} from "./kind.ts";
import type { SpanKind } from "./kind.ts";

/** One field's value. A reader returns `undefined` if a key has no usable value: a later key may have one. */
type FieldValue = string | number | AnyValue;
type ReadField = (value: AnyValue) => FieldValue | undefined;
type FieldReader = { readonly field: number; readonly rank: number; readonly read: ReadField };

/** Reads any key that ends in {@link live.PENDING_SUFFIX}. */
const PENDING: readonly FieldReader[] = [
  { field: FIELD.pending, rank: 0, read: (value) => (isTrue(value) ? 1 : undefined) },
];

/** Outcomes of a Worker's invocation that are failures; one whose caller went away is none. */
const FAILED_OUTCOMES: ReadonlySet<string> = new Set([
  "exception",
  "exceededCpu",
  "exceededMemory",
  "scriptNotFound",
  "loadShed",
]);

/** The readers of each key. */
const READERS = new FixedKeys<readonly FieldReader[]>(fieldReaders());

function fieldReaders(): Map<string, FieldReader[]> {
  const byKey = new Map<string, FieldReader[]>();
  const register = (field: number, ordered: readonly string[], readField: ReadField, from = 0): void => {
    ordered.forEach((key, at) => {
      const reader = { field, rank: from + at, read: readField };
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [reader]);
      else known.push(reader);
    });
  };
  register(FIELD.exportedSession, keys.SESSION_KEYS.exported, sessionName);
  register(FIELD.sessionClaims, [keys.SESSION_CLAIMS_KEY], (value) => value);
  register(FIELD.chosenSession, keys.SESSION_KEYS.chosen, sessionName);
  register(FIELD.frameworkSession, keys.SESSION_KEYS.framework, sessionName);
  register(
    FIELD.frameworkSession,
    keys.SESSION_KEYS.frameworkUnlessNumber,
    sessionNameUnlessNumber,
    keys.SESSION_KEYS.framework.length,
  );
  register(FIELD.conversation, keys.SESSION_KEYS.conversation, sessionName);
  register(
    FIELD.conversation,
    keys.SESSION_KEYS.conversationIfUuid,
    sessionNameIfUuid,
    keys.SESSION_KEYS.conversation.length,
  );
  register(FIELD.service, keys.SERVICE_KEYS, textOf);
  register(FIELD.explicitKind, keys.KIND_KEYS, (value) => kindIn(EXPLICIT_KINDS, value));
  const ofText = (kindOf: (text: string) => SpanKind): ReadField => {
    return ({ stringValue }) => (stringValue ? SPAN_KINDS.indexOf(kindOf(stringValue)) : undefined);
  };
  register(FIELD.explicitKind, keys.COMPONENT_KEYS, ofText(componentKind), keys.KIND_KEYS.length);
  register(FIELD.explicitKind, keys.NODE_KEYS, ofText(nodeKind), keys.KIND_KEYS.length);
  register(FIELD.operation, keys.OPERATION_KEYS, (value) => {
    const kind = operationKind((value.stringValue ?? "").toLowerCase());
    return kind === undefined ? undefined : SPAN_KINDS.indexOf(kind);
  });
  register(FIELD.aiSdkOperation, keys.AI_SDK_OPERATION_KEYS, (value) => {
    const kind = aiSdkKind(value.stringValue ?? "");
    return kind === undefined ? undefined : SPAN_KINDS.indexOf(kind);
  });
  keys.PRESENCE_KEYS.forEach(([key, kind], rank) => {
    const index = SPAN_KINDS.indexOf(kind);
    register(FIELD.present, [key], key === keys.REQUEST_TYPE_KEY ? ofText(requestKind) : () => index, rank);
  });
  register(FIELD.step, keys.STEP_KEYS, (value) =>
    STEP_WORDS.get((value.stringValue ?? "").toLowerCase()) === true ? 1 : undefined,
  );
  keys.PRODUCER_KEYS.forEach(([key, producer], rank) => {
    const place = PRODUCERS.indexOf(producer);
    register(FIELD.producer, [key], () => place, rank);
  });
  register(FIELD.queryName, keys.QUERY_NAME_KEYS, textOf);
  register(FIELD.queryNamespace, keys.QUERY_NAMESPACE_KEYS, textOf);
  register(FIELD.agent, keys.AGENT_SPAN_KEYS, textOf);
  register(FIELD.team, keys.TEAM_KEYS, textOf);
  register(FIELD.tool, keys.TOOL_KEYS, textOf);
  register(FIELD.model, keys.MODEL_SPAN_KEYS, modelName);
  register(FIELD.inputTokens, usageKeys.INPUT_TOKEN_KEYS, countOf);
  register(FIELD.outputTokens, usageKeys.OUTPUT_TOKEN_KEYS, countOf);
  register(FIELD.cachedTokens, usageKeys.CACHED_TOKEN_KEYS, countOf);
  register(FIELD.reasoningTokens, usageKeys.REASONING_TOKEN_KEYS, countOf);
  register(FIELD.writtenTokens, usageKeys.WRITTEN_TOKEN_KEYS, countOf);
  register(FIELD.written1hTokens, usageKeys.WRITTEN_1H_TOKEN_KEYS, countOf);
  register(FIELD.totalTokens, usageKeys.TOTAL_TOKEN_KEYS, countOf);
  register(FIELD.uncachedInputTokens, usageKeys.UNCACHED_INPUT_TOKEN_KEYS, countOf);
  register(FIELD.noCacheTokens, usageKeys.NO_CACHE_TOKEN_KEYS, countOf);
  register(FIELD.chatUsage, usageKeys.CHAT_USAGE_KEYS, textOf);
  register(FIELD.mcpMethod, live.MCP_METHOD_KEYS, textOf);
  register(FIELD.a2aMethod, live.A2A_METHOD_KEYS, textOf);
  register(FIELD.wholePrompt, WHOLE_PROMPT_KEYS, textOf);
  register(FIELD.templateName, keys.TEMPLATE_NAME_KEYS, textOf);
  register(FIELD.modelCallId, keys.MODEL_CALL_ID_KEYS, textOf);
  register(FIELD.toolCallId, TOOL_CALL_ID_KEYS, textOf);
  register(FIELD.promptId, keys.PROMPT_ID_KEYS, textOf);
  register(FIELD.message, [SPAN_MESSAGE_KEY], textOf);
  register(FIELD.operationName, keys.OPERATION_KEYS, textOf);
  register(FIELD.usage, usageKeys.USAGE_KEYS, textOf);
  register(FIELD.usageDetails, usageKeys.USAGE_DETAILS_KEYS, textOf);
  register(FIELD.replies, usageKeys.REPLIES_WITH_USAGE_KEYS, textOf);
  register(FIELD.answer, usageKeys.ANSWER_WITH_USAGE_KEYS, textOf);
  register(FIELD.cost, usageKeys.COST_KEYS, numberOf);
  register(FIELD.inputCost, usageKeys.INPUT_COST_KEYS, numberOf);
  register(FIELD.outputCost, usageKeys.OUTPUT_COST_KEYS, numberOf);
  register(FIELD.costDetails, usageKeys.COST_DETAILS_KEYS, textOf);
  register(FIELD.level, keys.LEVEL_KEYS, textOf);
  register(FIELD.input, INPUT_KEYS, (value) => (value.stringValue === "" ? undefined : value));
  register(FIELD.targetName, keys.TARGET_NAME_KEYS, textOf);
  register(FIELD.targetType, keys.TARGET_TYPE_KEYS, textOf);
  register(FIELD.user, keys.USER_KEYS, userName);
  register(FIELD.failure, [...keys.EXCEPTION_KEYS.message, ...keys.STATUS_MESSAGE_KEYS], textOf);
  register(FIELD.failureType, keys.EXCEPTION_KEYS.type, textOf);
  register(FIELD.exception, keys.OWN_EXCEPTION_KEYS, () => 1);
  register(FIELD.toolStatus, keys.TOOL_STATUS_KEYS, textOf);
  register(FIELD.earlyOk, keys.EARLY_OK_KEYS, () => 1);
  register(FIELD.deferral, keys.DEFERRAL_KEYS, textOf);
  register(FIELD.outcome, OUTCOME_KEYS, (value) => (outputSignal(value) === undefined ? undefined : value));
  register(FIELD.suspended, keys.WORKFLOW_STATUS_KEYS, (value) =>
    value.stringValue === keys.SUSPENDED ? 1 : undefined,
  );
  register(FIELD.longRunning, keys.TOOL_TYPE_KEYS, (value) =>
    value.stringValue === keys.LONG_RUNNING_TOOL ? 1 : undefined,
  );
  register(FIELD.resumes, RESUME_KEYS, (value) => (inputSignal(value) === undefined ? undefined : 1));
  register(FIELD.withoutStatus, keys.WITHOUT_STATUS_KEYS, () => 1);
  register(FIELD.failedOutcome, keys.INVOCATION_OUTCOME_KEYS, ({ stringValue = "" }) =>
    FAILED_OUTCOMES.has(stringValue) ? stringValue : undefined,
  );
  register(FIELD.pendingCopy, live.SPAN_TYPE_KEYS, (value) =>
    value.stringValue === live.PENDING_COPY ? 1 : undefined,
  );
  register(FIELD.pendingParent, live.PENDING_PARENT_KEYS, textOf);
  register(FIELD.pending, live.PARTIAL_EVENT_KEYS, (value) =>
    value.stringValue === live.PARTIAL_HEARTBEAT ? 1 : undefined,
  );
  register(FIELD.partialVersion, live.PARTIAL_VERSION_KEYS, countOf);
  register(FIELD.wasLongRunning, live.WAS_LONG_RUNNING_KEYS, (value) => (isTrue(value) ? 1 : undefined));
  register(FIELD.idsPath, live.IDS_PATH_KEYS, (value) => value);
  register(FIELD.namesPath, live.NAMES_PATH_KEYS, (value) => value);
  register(FIELD.startsPath, live.STARTS_PATH_KEYS, (value) => value);
  register(FIELD.inputRequest, live.MCP_METHOD_KEYS, (value) =>
    value.stringValue === live.ELICITATION ? 1 : undefined,
  );
  register(
    FIELD.inputRequest,
    live.STEP_TYPE_KEYS,
    (value) => (value.stringValue === live.BLOCKED_ON_USER ? 1 : undefined),
    1,
  );
  register(
    FIELD.inputRequest,
    keys.OPERATION_KEYS,
    (value) => (value.stringValue === live.AWAIT_HUMAN_INPUT ? 1 : undefined),
    2,
  );
  register(FIELD.route, ROUTE_KEYS, textOf);
  register(FIELD.requestMethod, REQUEST_METHOD_KEYS, textOf);
  register(FIELD.task, live.TASK_ID_KEYS, textOf);
  register(FIELD.taskState, live.TASK_STATE_KEYS, textOf);
  register(FIELD.approvalState, live.APPROVAL_STATE_KEYS, textOf);
  register(FIELD.derivation, keys.DERIVATION_KEYS, (value) => {
    const derivation = DERIVATIONS.findIndex((word) => word === value.stringValue);
    return derivation < 0 ? undefined : derivation;
  });
  return byKey;
}

/** Producers write flags as booleans, as text or as numbers. */
function isTrue(value: AnyValue): boolean {
  return value.boolValue ?? (value.stringValue?.toLowerCase() === "true" || numberOf(value) === 1);
}

/** A word, which MLflow writes as JSON text, and Braintrust as a field of an object. */
function wordIn(text: string, field: string): string {
  const data = parseJson(text) ?? text;
  return nonEmpty(isRecord(data) ? data[field] : data) ?? "";
}

/** Claude Code may write a model's name as it shows it in a terminal. */
// oxlint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[\d;]*m/g;

/** A model's name; Micrometer writes "none" where it knows no model. */
export function modelName(value: AnyValue): string | undefined {
  const name = wordIn((textOf(value) ?? "").replace(COLOURS, ""), "model");
  return name === "" || name.toLowerCase() === "none" ? undefined : name;
}

function kindIn(kinds: FixedKeys<SpanKind>, value: AnyValue): number | undefined {
  const kind = kinds.get(wordIn(value.stringValue ?? "", "type").toLowerCase());
  return kind === undefined ? undefined : SPAN_KINDS.indexOf(kind);
}

export type AttributeIndex = readonly (FieldValue | undefined)[];

const EMPTY_INDEX: AttributeIndex = Array.from({ length: FIELD.COUNT }, () => undefined);
const NO_RANK = 255;

/** Reads the fields of one span after the other into one array: a new array for each costs more than reading its attributes. */
class IndexReader {
  readonly #index = [...EMPTY_INDEX];
  /** The ranks of the values in the index. */
  readonly #ranks = new Uint8Array(FIELD.COUNT).fill(NO_RANK);
  /** The fields with a value. */
  readonly #found = new Uint8Array(FIELD.COUNT);
  #count = 0;

  /** Valid until the next call. */
  read(attributes: readonly KeyValue[]): AttributeIndex {
    this.#clear();
    const index = this.#index;
    const ranks = this.#ranks;
    for (const { key, value } of attributes) {
      const readers = READERS.get(key) ?? (key.endsWith(live.PENDING_SUFFIX) ? PENDING : undefined);
      if (readers === undefined || value === undefined) continue;
      for (const { field, rank, read } of readers) {
        const known = ranks[field] ?? 0;
        // Of two attributes with the same key the first counts.
        if (rank >= known) continue;
        const fieldValue = read(value);
        if (fieldValue === undefined) continue;
        if (known === NO_RANK) this.#found[this.#count++] = field;
        ranks[field] = rank;
        index[field] = fieldValue;
      }
    }
    return index;
  }

  #clear(): void {
    for (; this.#count > 0; this.#count--) {
      const field = this.#found[this.#count - 1] ?? 0;
      this.#index[field] = undefined;
      this.#ranks[field] = NO_RANK;
    }
  }
}

const OWN = new IndexReader();
const LENT = new IndexReader();

/** Reads all fields in one pass over the attributes. Of several keys for one field the first in precedence wins. */
export function indexAttributes(attributes: readonly KeyValue[] | undefined): AttributeIndex {
  return attributes === undefined ? EMPTY_INDEX : [...OWN.read(attributes)];
}

/** As {@link indexAttributes}; valid until its next call. */
export function lendIndex(attributes: readonly KeyValue[] | undefined): AttributeIndex {
  return attributes === undefined ? EMPTY_INDEX : LENT.read(attributes);
}

export function textIn(index: AttributeIndex, field: number): string | undefined {
  const value = index[field];
  return typeof value === "string" ? value : undefined;
}

export function numberIn(index: AttributeIndex, field: number): number | undefined {
  const value = index[field];
  return typeof value === "number" ? value : undefined;
}

export function kindAt(index: AttributeIndex, field: number): SpanKind | undefined {
  const value = index[field];
  return typeof value === "number" ? SPAN_KINDS[value] : undefined;
}

export function valueIn(index: AttributeIndex, field: number): AnyValue | undefined {
  const value = index[field];
  return typeof value === "object" ? value : undefined;
}
