import type { Outcome, SpanContent } from "../../facts/span-content.ts";
import { contentEvents } from "../../logs/record-event.ts";
import { withLoadedValues } from "../../otel/loaded-values.ts";
import type { AnyValue, Span } from "../../otel/span.ts";
import { readStep } from "../transcript/step-content.ts";
import type { SessionTree, TreeNode, ViewSpan } from "../tree/tree.ts";
import type { ViewRecord } from "../view/log-view.ts";

const NO_RECORDS: readonly ViewRecord[] = [];
const NO_VALUES: ReadonlyMap<string, AnyValue> = new Map();
const NO_CONTENT: SpanContent = { claimed: new Set() };

/** Reads what single spans of a session show, each once, with their log records and with the large values that are loaded. */
export class StepReader {
  readonly #values: ReadonlyMap<string, AnyValue>;
  readonly #records: ReadonlyMap<string, readonly ViewRecord[]>;

  /** `values`: loaded ones, by hash. */
  constructor(
    logs: readonly ViewRecord[],
    replacements: SessionTree["replacements"],
    values: ReadonlyMap<string, AnyValue> = NO_VALUES,
  ) {
    this.#values = values;
    this.#records = recordsBySpan(logs, replacements);
  }

  /** The log records of the span, and those of a span that it replaces, by time. */
  recordsOf({ key, traceId, spanId }: TreeNode): readonly ViewRecord[] {
    const own = this.#records.get(`${traceId}:${spanId}`) ?? NO_RECORDS;
    const replaced = this.#records.get(key) ?? NO_RECORDS;
    if (replaced.length === 0) return own;
    return [...own, ...replaced].toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  }

  /** With the values that are loaded; `undefined` of a placeholder. */
  spanOf(node: TreeNode): Span | undefined {
    const view = node.span;
    if (view === undefined) return undefined;
    const known = loaded.get(view.span);
    if (known?.values === this.#values) return known.whole;
    const whole = withLoadedValues(view.span, this.#values);
    loaded.set(view.span, { values: this.#values, whole });
    return whole;
  }

  /** The same object as long as nothing of it changes, also of another reader. */
  contentOf(node: TreeNode): SpanContent {
    const view = node.span;
    const known = view && contents.get(view);
    const records = this.recordsOf(node);
    const outcome = node.error || node.canceled ? "failed" : "passed";
    const span = this.spanOf(node);
    if (view === undefined || span === undefined) return NO_CONTENT;
    if (known?.span === span && known.records === records.length && known.outcome === outcome) return known.content;
    const content = readStep(span, contentEvents(records.map(({ record }) => record)), outcome);
    contents.set(view, { span, records: records.length, outcome, content });
    return content;
  }
}

type Read = { readonly span: Span; readonly records: number; readonly outcome: Outcome; readonly content: SpanContent };

const contents = new WeakMap<ViewSpan, Read>();
/** By the span as it is stored. */
const loaded = new WeakMap<Span, { readonly values: ReadonlyMap<string, AnyValue>; readonly whole: Span }>();

type Indexed = {
  readonly of: SessionTree["replacements"];
  readonly records: ReadonlyMap<string, readonly ViewRecord[]>;
};

/** A session's list of records is the same until another arrives. */
const indexed = new WeakMap<readonly ViewRecord[], Indexed>();

/** By `<trace id>:<span id>`; those of a replaced span by the key of the span that is shown. */
function recordsBySpan(
  logs: readonly ViewRecord[],
  replacements: SessionTree["replacements"],
): ReadonlyMap<string, readonly ViewRecord[]> {
  const known = indexed.get(logs);
  if (known?.of === replacements) return known.records;
  const records = new Map<string, ViewRecord[]>();
  for (const record of logs) {
    if (record.subject === "") continue;
    const subject = `${record.traceId}:${record.subject}`;
    const key = replacements.get(subject) ?? subject;
    const list = records.get(key);
    if (list === undefined) records.set(key, [record]);
    else list.push(record);
  }
  indexed.set(logs, { of: replacements, records });
  return records;
}
