import * as v from "valibot";
import { isRecord } from "../../lib/plain-data.ts";
import type { PlainRecord } from "../../lib/plain-data.ts";
import { instantOf } from "../../logs/ark-events/ark-event.ts";
import type { ArkEvent } from "../../logs/ark-events/ark-event.ts";
import { parseJson } from "../../otel/any-value.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { ARK_EVENT_PREFIX } from "../../otel/semconv/ark.ts";

/** The tenant's list stores these fields, so their length is bounded (UTF-16 units). Kubernetes names have at most 253. */
const MAX_NAME = 1_000;

// Each message follows the name of its field.
const OBJECT = "must be an object";
const TEXT = "must be a string";
const REQUIRED = "is required";

const object = v.custom<PlainRecord>(isRecord, OBJECT);
/** Ark does not retry: a number or boolean stands for the text that it should have been. */
const lenientText = v.pipe(v.union([v.string(), v.number(), v.boolean()], TEXT), v.transform(String), v.string());
const required = v.pipe(lenientText, v.nonEmpty(REQUIRED));
const name = v.pipe(required, v.maxLength(MAX_NAME, `must have at most ${MAX_NAME} characters`));

/** An event in the body of a request. Other fields are ignored. Those of `data` are kept, except valibot's `__proto__`, `prototype` and `constructor`. */
export const PostedEventSchema = v.pipe(
  object,
  v.object(
    {
      timestamp: v.pipe(
        v.string(TEXT),
        v.check((text) => instantOf(text) !== undefined, "must be a time of RFC 3339"),
        v.description("RFC 3339."),
      ),
      eventType: v.pipe(v.string(TEXT), v.picklist(["Normal", "Warning"], "must be Normal or Warning")),
      reason: v.pipe(v.string(TEXT), v.nonEmpty("must not be empty")),
      message: v.string(TEXT),
      data: v.pipe(
        object,
        v.transform(withoutNulls),
        // Without these an event has no query or no session.
        v.objectWithRest(
          { queryId: name, queryName: name, queryNamespace: name, sessionId: required },
          lenientText,
          REQUIRED,
        ),
      ),
    },
    // Of a field that is absent.
    ({ path }) => (path?.at(-1)?.key === "data" ? OBJECT : TEXT),
  ),
) satisfies v.GenericSchema<PlainRecord, ArkEvent>;

function withoutNulls(data: PlainRecord): PlainRecord {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null && value !== undefined));
}

export type ReadEvent =
  | { readonly ok: true; readonly event: ArkEvent }
  /** Each fault names its field. */
  | { readonly ok: false; readonly faults: readonly string[] };

export function readPostedEvent(body: unknown): ReadEvent {
  const read = v.safeParse(PostedEventSchema, body);
  if (read.success) return { ok: true, event: read.output };
  return { ok: false, faults: read.issues.map((issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`) };
}

/** The event in a record; `undefined` for any other record, for a body that is no event, and for a preview. */
export function arkEventOf(record: LogRecord): ArkEvent | undefined {
  const { eventName = "", body } = record;
  if (!eventName.startsWith(ARK_EVENT_PREFIX) || body?.offloaded !== undefined) return undefined;
  // Any exporter may send a record with such a name.
  const read = readPostedEvent(parseJson(body?.stringValue ?? ""));
  return read.ok ? read.event : undefined;
}
