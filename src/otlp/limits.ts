/** Limits of one request. An isolate has 128 MB; decoding any request stays under 100 MB. */

/** Bytes after inflation. A protobuf body is decoded span by span, so that its objects are never in memory together. */
export const MAX_PROTOBUF_BODY = 16 * 1024 * 1024;

/** Bytes after inflation. Half of the protobuf limit: `JSON.parse` makes objects of the whole body at once. */
export const MAX_JSON_BODY = 8 * 1024 * 1024;

/** Count of `{ [ : ,` outside strings in one JSON body. Real bodies have fewer than one in 11 bytes; `[[],[],…` has two in three, and would become 200 MB of objects. */
export const MAX_JSON_TOKENS = 750_000;

/** A Collector's default batch is 8,192 spans; a batch of twice that still passes whole. */
export const MAX_SPANS = 20_000;

/** Each trace is a transaction of its own, some 1 ms in its shard, and other requests wait behind it. */
export const MAX_TRACES = 2_000;

/** JSON text of all spans, with each trace's resources, scopes and large values, in UTF-16 units: a two-byte element of protobuf becomes 22 units of JSON. */
export const MAX_REQUEST_TEXT = 24 * 1024 * 1024;

/** JSON text of one group, in UTF-16 units; a longer trace becomes several groups. A delivery is one call, one row and one event of a stream. */
export const MAX_GROUP_TEXT = 4 * 1024 * 1024;

/** JSON text of one span without its large values, in UTF-16 units: it has to fit into a group. */
export const MAX_SPAN_TEXT = 4 * 1024 * 1024;

/** Levels of arrays and kvlists in an attribute: readers recurse. Protobuf parsers stop at 100 as well. */
export const MAX_VALUE_DEPTH = 100;

/** Attributes of a span, event, link, resource or scope; eight times the SDKs' default. Further ones are cut and counted as dropped. */
export const MAX_ATTRIBUTES = 1_024;

/** Events of a span, and links of a span; eighty times the SDKs' default. Further ones are cut and counted as dropped. */
export const MAX_EVENTS = 10_000;
export const MAX_LINKS = 10_000;

/** Attribute values of a span, all levels together: the objects of one span are in memory at once. */
export const MAX_VALUES = 100_000;

/** JSON of an attribute's value in UTF-8 bytes. A longer value is offloaded from the chunk, so that lists and streams stay small. */
export const MAX_INLINE_VALUE = 8 * 1024;

/** JSON of an offloaded value, in UTF-8 bytes; the rest is cut. A row holds less than 2 MB. */
export const MAX_VALUE = 1024 * 1024;

/** UTF-16 units of a large value's preview in the chunk. */
export const PREVIEW_LENGTH = 512;

/** Characters of a partial success's reason: exporters log it on one line. */
export const MAX_REASON = 500;
