import { headerPairs } from "../../otel/exporter-variables.ts";

export type Headers = Readonly<Record<string, string>>;
export type HeadersOutcome =
  | { readonly ok: true; readonly headers: Headers }
  | { readonly ok: false; readonly error: string };

const MOST_HEADERS = 32;
/** UTF-16 units of all values. */
const MOST_UNITS = 16_384;
/** RFC 9110 §5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** C0 controls but the tab, and DEL (RFC 9110 §5.5): no line break can end a header. */
// oxlint-disable-next-line no-control-regex -- the pattern matches control characters on purpose
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
/** Headers are bytes (RFC 9110 §5.5). */
const WIDE = /[\u0100-\uffff]/;
/** The sink writes these itself. */
const OWN: ReadonlySet<string> = new Set([
  "content-type",
  "content-encoding",
  "content-length",
  "host",
  "spanfold-via",
]);

/** `OTEL_EXPORTER_OTLP_HEADERS`. Errors name the place of a pair, never its value. */
export function readHeaderList(text: string): HeadersOutcome {
  const headers: Record<string, string> = {};
  for (const [index, pair] of headerPairs(text).entries()) {
    if (pair === undefined) return { ok: false, error: `header ${index + 1} must be a percent-encoded name=value` };
    const [name, value] = pair;
    headers[name] = value;
  }
  return checkHeaders(headers);
}

/** Headers that may be sent. */
export function checkHeaders(headers: Headers): HeadersOutcome {
  const entries = Object.entries(headers);
  if (entries.length > MOST_HEADERS) return { ok: false, error: `there may be ${MOST_HEADERS} headers` };
  if (entries.reduce((sum, [, value]) => sum + value.length, 0) > MOST_UNITS)
    return { ok: false, error: `the headers may have ${MOST_UNITS} characters` };
  const seen = new Set<string>();
  for (const [index, [name, value]] of entries.entries()) {
    if (!NAME.test(name)) return { ok: false, error: `header ${index + 1} has no valid name` };
    if (OWN.has(name.toLowerCase())) return { ok: false, error: `the header ${name} is written by the exporter` };
    if (seen.has(name.toLowerCase())) return { ok: false, error: `the header ${name} is given twice` };
    seen.add(name.toLowerCase());
    if (CONTROL.test(value))
      return { ok: false, error: `the value of ${name} has a line break or another control character` };
    if (WIDE.test(value)) return { ok: false, error: `the value of ${name} has a character outside Latin-1` };
  }
  return { ok: true, headers };
}
