import { cut } from "../lib/one-line.ts";
import { isRecord } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";
import { numberOf, parseJson } from "../otel/any-value.ts";
import type { LogRecord, ResourceLogs } from "../otel/log-record.ts";
import { inputSignal, outputSignal, SIGNAL_TEXT } from "./signals.ts";
import { isAgentEvent, structuralPart, structuralWord } from "../otel/semconv/structure.ts";
import type { StructuralPart } from "../otel/semconv/structure.ts";
import type { AnyValue, KeyValue, ResourceSpans, Span, SpanEvent, SpanStatus } from "../otel/span.ts";

/**
 * Spans and log records without their contents: messages, inputs, outputs, prompts, questions, error texts, offloaded
 * values, and every attribute that `semconv` does not know. Ids, times, kinds, names, counts and costs stay.
 */

/** Stands for an error's text: its presence is structure. */
export const REMOVED = "[removed]";

/** UTF-16 units. A longer text is prose, not a name. */
const MAX_NAME = 256;
const LATER_LINES = /[\r\n\u2028\u2029].*$/s;
/** A name of one line. Names of spans may have blanks. */
const NAME = /^[^\r\n\u2028\u2029]{0,256}$/;
/** Some producers write flags as texts. */
const FLAG = /^(true|false)$/i;
/** Structured contents; of texts in JSON only lists of identifiers or of a path's names are names. */
const JSON_TEXT = /^\s*[[{"]/;
/** Without blanks: an identifier. */
const WORD = /^[\w.:$<>/*-]{1,256}$/;

export function structureOf(span: Span): Span {
  const { attributes, events, links, status, name } = span;
  return {
    ...span,
    ...(name === undefined ? {} : { name: cut(name.replace(LATER_LINES, ""), MAX_NAME) }),
    ...filtered(attributes),
    ...(events === undefined ? {} : { events: events.map(structureOfEvent) }),
    ...(links === undefined ? {} : { links: links.map(withStructure) }),
    ...(status === undefined ? {} : { status: structureOfStatus(status) }),
  };
}

export function structureOfRecord(record: LogRecord): LogRecord {
  const { body, ...bodiless } = record;
  const { eventName, ...nameless } = isAgentEvent(body?.stringValue ?? "") ? record : bodiless;
  return withStructure(eventName !== undefined && WORD.test(eventName) ? { ...nameless, eventName } : nameless);
}

export function structureOfSpans(resourceSpans: readonly ResourceSpans[]): readonly ResourceSpans[] {
  return resourceSpans.map(({ resource = {}, scopeSpans = [], ...group }) => ({
    resource: withStructure(resource),
    scopeSpans: scopeSpans.map(({ scope = {}, spans = [], ...rest }) => ({
      scope: withStructure(scope),
      spans: spans.map(structureOf),
      ...rest,
    })),
    ...group,
  }));
}

export function structureOfLogs(resourceLogs: readonly ResourceLogs[]): readonly ResourceLogs[] {
  return resourceLogs.map(({ resource = {}, scopeLogs = [], ...group }) => ({
    resource: withStructure(resource),
    scopeLogs: scopeLogs.map(({ scope = {}, logRecords = [], ...rest }) => ({
      scope: withStructure(scope),
      logRecords: logRecords.map(structureOfRecord),
      ...rest,
    })),
    ...group,
  }));
}

function structureOfEvent(event: SpanEvent): SpanEvent {
  const { name, ...nameless } = event;
  return withStructure(name !== undefined && WORD.test(name) ? event : nameless);
}

function structureOfStatus(status: SpanStatus): SpanStatus {
  const { message, ...code } = status;
  const word = message === undefined ? undefined : structuralWord(message);
  return word === undefined ? code : { message: word, ...code };
}

/** The same with only the structure of its attributes. */
function withStructure<Part extends { readonly attributes?: readonly KeyValue[] }>(part: Part): Part {
  return { ...part, ...filtered(part.attributes) };
}

function filtered(attributes: readonly KeyValue[] | undefined): { readonly attributes?: readonly KeyValue[] } {
  if (attributes === undefined) return {};
  return {
    attributes: attributes.flatMap(({ key, value }) => {
      const part = structuralPart(key);
      const structure = part === undefined || value === undefined ? undefined : structureOfValue(value, part);
      return structure === undefined ? [] : [{ key, value: structure }];
    }),
  };
}

/** `undefined` if nothing of the value is structure. */
function structureOfValue(value: AnyValue, part: StructuralPart): AnyValue | undefined {
  const { stringValue, arrayValue } = value;
  if (part === "message") {
    if (isNumber(value)) return value;
    return { stringValue: structuralWord(stringValue ?? "") ?? REMOVED };
  }
  // The whole value stands elsewhere: here is only its beginning.
  if (value.offloaded !== undefined) return undefined;
  if (part === "signal") {
    const signal = outputSignal(value) ?? inputSignal(value);
    return signal === undefined ? undefined : { stringValue: SIGNAL_TEXT[signal] };
  }
  if (part === "number")
    return isNumber(value) || numberOf(value) !== undefined || FLAG.test(stringValue ?? "") ? value : undefined;
  if (part === "numbers") return jsonOf(numbersIn(parsed(stringValue)));
  if (part === "labels") return jsonOf(labelsIn(parsed(stringValue)));
  if (part === "usage") {
    const answer = parsed(stringValue);
    return isRecord(answer) ? jsonOf(usageIn(answer) ?? usageInReplies(answer)) : undefined;
  }
  const isList = stringValue !== undefined && JSON_TEXT.test(stringValue);
  if (isList) return isNameList(parseJson(stringValue), part === "path" ? NAME : WORD) ? value : undefined;
  return (arrayValue?.values ?? [value]).every((one) => isName(one, part)) ? value : undefined;
}

function isNumber({ intValue, doubleValue, boolValue }: AnyValue): boolean {
  return intValue !== undefined || doubleValue !== undefined || boolValue !== undefined;
}

function isName(value: AnyValue, part: StructuralPart): boolean {
  const { stringValue } = value;
  if (value.offloaded !== undefined) return false;
  if (stringValue === undefined) return isNumber(value);
  return (part === "word" ? WORD : NAME).test(stringValue) && !JSON_TEXT.test(stringValue);
}

function isNameList(list: unknown, pattern: RegExp): boolean {
  return Array.isArray(list) && list.every((name) => typeof name === "string" && pattern.test(name));
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : parseJson(text);
}

function usageIn(answer: PlainRecord): PlainRecord | undefined {
  const usage = numbersIn(answer.usage);
  return usage === undefined ? undefined : { usage };
}

function usageInReplies({ replies }: PlainRecord): PlainRecord | undefined {
  const [reply]: readonly unknown[] = Array.isArray(replies) ? replies : [];
  const { meta } = isRecord(reply) ? reply : {};
  if (!isRecord(meta)) return undefined;
  const model = typeof meta.model === "string" && WORD.test(meta.model) ? { model: meta.model } : {};
  return { replies: [{ meta: { ...model, ...usageIn(meta) } }] };
}

/** Counts by their names, and groups of counts: of a provider, its usage, and a part of that. */
function numbersIn(value: unknown, depth = 0): PlainRecord | undefined {
  if (!isRecord(value) || depth > 3) return undefined;
  const numbers = Object.entries(value).flatMap(([name, inner]) => {
    const kept = typeof inner === "number" ? inner : numbersIn(inner, depth + 1);
    return WORD.test(name) && kept !== undefined ? [[name, kept] as const] : [];
  });
  return numbers.length === 0 ? undefined : Object.fromEntries(numbers);
}

/** Of an object: the words that name a kind and a model. */
function labelsIn(value: unknown): PlainRecord | undefined {
  if (!isRecord(value)) return undefined;
  const labels = LABELS.filter((label) => typeof value[label] === "string" && WORD.test(value[label]));
  return labels.length === 0 ? undefined : Object.fromEntries(labels.map((label) => [label, value[label]]));
}

const LABELS = ["type", "model"] as const;

function jsonOf(value: unknown): AnyValue | undefined {
  return value === undefined ? undefined : { stringValue: JSON.stringify(value) };
}
