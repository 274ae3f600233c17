/** What one request may cost. An isolate has 128 MB; decoding a request stays under 100 of them, whatever it holds. */

/** Bytes after inflation. A protobuf body is decoded span by span, so that its objects never stand in memory together. */
export const MAX_PROTOBUF_BODY = 16 * 1024 * 1024;

/** Bytes after inflation. Half of protobuf's: `JSON.parse` makes objects of the whole body at once. */
export const MAX_JSON_BODY = 8 * 1024 * 1024;

/** Of `{ [ : ,` outside strings in one JSON body. Real ones of that size have fewer than one in 11 bytes; `[[],[],…` has two in three, and would become 200 MB of objects. */
export const MAX_JSON_TOKENS = 750_000;

/** A Collector's default batch is 8,192; with twice that it still passes whole. */
export const MAX_SPANS = 20_000;

/** Each trace is a call of its own; a request has 10,000 of them, and others wait behind it. */
export const MAX_TRACES = 2_000;

/** JSON text of all spans, with each trace's resources, scopes and large values, in UTF-16 units: two-byte elements of protobuf become twenty-two of JSON. */
export const MAX_REQUEST_TEXT = 24 * 1024 * 1024;

/** JSON text of one group, in UTF-16 units; a longer trace is delivered in several. A delivery is one call, one row and one event of a stream. */
export const MAX_GROUP_TEXT = 4 * 1024 * 1024;

/** JSON text of one span beside its large values, in UTF-16 units: it has to fit a group. */
export const MAX_SPAN_TEXT = 4 * 1024 * 1024;

/** Levels of arrays and kvlists in an attribute: readers recurse. Parsers of protobuf stop at 100 as well. */
export const MAX_VALUE_DEPTH = 100;

/** Attributes of a span, event, link, resource or scope; eight times the default of SDKs. More are cut and counted as dropped. */
export const MAX_ATTRIBUTES = 1_024;

/** Events of a span, and links of a span; eighty times the default of SDKs. More are cut and counted as dropped. */
export const MAX_EVENTS = 10_000;
export const MAX_LINKS = 10_000;

/** Attribute values of a span at every level together: the objects of one span are in memory at once. */
export const MAX_VALUES = 100_000;

/** JSON of an attribute's value in UTF-8 bytes: a longer one is kept beside the chunk, so that lists and streams stay light. */
export const MAX_INLINE_VALUE = 8 * 1024;

/** JSON of a value kept beside the chunk, in UTF-8 bytes; the rest is cut. A row holds less than 2 MB. */
export const MAX_VALUE = 1024 * 1024;

/** UTF-16 units of a large value that stand in the chunk. */
export const PREVIEW_LENGTH = 512;

/** The reason of a partial success: exporters log it on one line. */
export const MAX_REASON = 500;
