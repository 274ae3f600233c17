import * as v from "valibot";
import { isRecord } from "../../lib/plain-data.ts";
import type { PlainRecord } from "../../lib/plain-data.ts";

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
);

/** An event, as Ark posts it or would have posted it. */
export type ArkEvent = Readonly<v.InferOutput<typeof PostedEventSchema>>;

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

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i;

/** Unix nanoseconds of an RFC 3339 text, with all its digits; `undefined` for any other text. */
export function instantOf(text: string): bigint | undefined {
  const [, seconds, fraction = "", zone] = INSTANT.exec(text.trim()) ?? [];
  const millis = Date.parse(`${seconds}${zone}`.toUpperCase());
  if (!Number.isFinite(millis) || millis < 0) return undefined;
  return BigInt(millis) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}
