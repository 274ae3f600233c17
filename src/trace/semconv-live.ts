/** The attribute keys by which spans say that they have not ended, who stands above them, and that somebody was asked. */

/** Logfire's copy of a span that has begun: its parent is the span itself, whose parent another key names. */
export const SPAN_TYPE_KEYS = ["logfire.span_type"] as const;
export const PENDING_COPY = "pending_span";
export const PENDING_PARENT_KEYS = ["logfire.pending_parent_id"] as const;

/** `<vendor>.span.pending`: vendors rename themselves, the rest of the key stays. */
export const PENDING_SUFFIX = ".span.pending";

/** Datadog numbers its reports of a long span; the last one has no number but this mark. */
export const PARTIAL_VERSION_KEYS = ["_dd.partial_version"] as const;
export const WAS_LONG_RUNNING_KEYS = ["_dd.was_long_running"] as const;

/** Ids and names of the spans above, root first; Laminar's lists and TraceRoot's names include the span itself. */
export const IDS_PATH_KEYS = ["lmnr.span.ids_path", "traceroot.span.ids_path"] as const;
export const NAMES_PATH_KEYS = ["lmnr.span.path", "traceroot.span.path"] as const;
