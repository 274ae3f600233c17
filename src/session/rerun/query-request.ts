import { ARK_INPUT_UNITS } from "../../logs/ark-events/ark-event.ts";
import { displayValue, parseJson, plainValue } from "../../otel/any-value.ts";
import { indexAttributes, textIn } from "../../facts/attribute-index.ts";
import * as FIELD from "../../facts/fields.ts";
import type { AttributeIndex } from "../../facts/attribute-index.ts";
import { ClaimedAttributes } from "../../content/claimed-attributes.ts";
import { readContent } from "../../facts/span-content.ts";
import type { Message } from "../../content/messages.ts";
import { isRecord, nonEmpty } from "../../lib/plain-data.ts";
import { isDerivedAs } from "../../logs/derived-id.ts";
import { QUERY_PARAMETER_KEYS } from "../../otel/semconv/attributes.ts";
import { INPUT_KEYS } from "../../otel/semconv/content.ts";
import type { AnyValue, Resource, Span } from "../../otel/span.ts";
import type { QueryPhase, QuerySummary, QueryTarget } from "../summary.ts";

/** A span with whole values. A value that is still marked as offloaded was truncated on receipt, or is lost. */
export type WholeSpan = { readonly span: Span; readonly resource?: Resource };

export type QueryParameter = { readonly name: string; readonly value: string };

/** All data needed to run a query again, verbatim from its spans. */
export type QueryRequest = {
  /** Session id. */
  readonly session: string;
  /** Key of the query, unique in the session. */
  readonly query: string;
  readonly traceId: string;
  readonly phase: QueryPhase;
  /** Whether spans name a query, as Ark's do; otherwise `name` is the name of a span. */
  readonly named: boolean;
  readonly name: string;
  readonly namespace?: string;
  readonly target?: QueryTarget;
  /** Unchanged if it is a text; otherwise its JSON text. */
  readonly input?: string;
  /** If the input contains messages, in any dialect. */
  readonly messages?: readonly Message[];
  readonly parameters?: readonly QueryParameter[];
  /** As in the spans. */
  readonly sessionId?: string;
  readonly conversationId?: string;
  /** Fields that are truncated: by our limit on receipt, or by Ark in its events. */
  readonly incomplete?: readonly string[];
};

/** `sources`: spans of the query, best first. */
export function requestOf(session: string, summary: QuerySummary, sources: readonly WholeSpan[]): QueryRequest {
  const { key: query, traceId, phase } = summary;
  const index = sources.flatMap(({ span, resource }) => [
    indexAttributes(span.attributes),
    indexAttributes(resource?.attributes),
  ]);
  const name = firstIn(index, FIELD.queryName);
  const namespace = firstIn(index, FIELD.queryNamespace) ?? summary.namespace;
  const target = targetOf(index) ?? summary.target;
  const sessionId = firstIn(index, FIELD.chosenSession) ?? firstIn(index, FIELD.frameworkSession);
  const conversationId = firstIn(index, FIELD.conversation);
  const { incomplete: cutInput, ...input } = inputOf(sources);
  const parameters = firstValue(sources, QUERY_PARAMETER_KEYS);
  const incomplete = [...(cutInput ? ["input"] : []), ...(parameters?.offloaded === undefined ? [] : ["parameters"])];
  return {
    session,
    query,
    traceId,
    phase,
    named: name !== undefined,
    name: name ?? summary.name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(target === undefined ? {} : { target }),
    ...input,
    ...(parameters === undefined ? {} : { parameters: readParameters(parameters) }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(incomplete.length === 0 ? {} : { incomplete }),
  };
}

function firstIn(index: readonly AttributeIndex[], field: number): string | undefined {
  for (const one of index) {
    const text = textIn(one, field);
    if (text !== undefined) return text;
  }
  return undefined;
}

function targetOf(index: readonly AttributeIndex[]): QueryTarget | undefined {
  const target = index.find((one) => textIn(one, FIELD.targetName) !== undefined);
  if (target === undefined) return undefined;
  const type = textIn(target, FIELD.targetType);
  return { ...(type === undefined ? {} : { type }), name: textIn(target, FIELD.targetName) ?? "" };
}

function inputOf(sources: readonly WholeSpan[]): {
  readonly input?: string;
  readonly messages?: readonly Message[];
  readonly incomplete: boolean;
} {
  for (const { span } of sources) {
    const content = readContent(span).input;
    if (content === undefined) continue;
    const found = new ClaimedAttributes(span.attributes).find(INPUT_KEYS);
    return {
      ...(found === undefined ? {} : { input: displayValue(found.value) }),
      ...(content.kind === "messages" ? { messages: content.messages } : {}),
      incomplete:
        content.offloaded !== undefined || found?.value.offloaded !== undefined || isCutByArk(span, found?.value),
    };
  }
  return { incomplete: false };
}

/** Ark truncates the input in its events: an input of exactly that length may have been longer. */
function isCutByArk(span: Span, value: AnyValue | undefined): boolean {
  return (value?.stringValue?.length ?? 0) >= ARK_INPUT_UNITS && isDerivedAs("event", span);
}

function firstValue(sources: readonly WholeSpan[], keys: readonly string[]): AnyValue | undefined {
  for (const { span } of sources) {
    const found = new ClaimedAttributes(span.attributes).find(keys);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

function readParameters(value: AnyValue): QueryParameter[] {
  const plain = value.stringValue === undefined ? plainValue(value) : parseJson(value.stringValue);
  if (Array.isArray(plain)) {
    return plain.flatMap((item: unknown) => {
      const name = isRecord(item) ? nonEmpty(item.name) : undefined;
      return isRecord(item) && name !== undefined ? [{ name, value: parameterText(item.value) }] : [];
    });
  }
  return isRecord(plain) ? Object.entries(plain).map(([name, item]) => ({ name, value: parameterText(item) })) : [];
}

function parameterText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
