import { canonicalText, decodeJson, outcomeOf, request, span, spansOf } from "./requests.ts";

/** The canonical value of an attribute sent as this JSON text. */
export function valueOf(sent: string): string {
  const body = JSON.stringify(request(span({ attributes: [{ key: "k", value: 0 }] })));
  const result = decodeJson(body.replace('"value":0', `"value":${sent}`));
  const [only] = result.ok ? spansOf(result) : [];
  return JSON.stringify(only?.attributes?.[0]?.value) ?? outcomeOf(result);
}

export function textWith(sent: Record<string, unknown>): string {
  return canonicalText(decodeJson(request(span(sent))));
}

/** The canonical field of a span. `sent` is JSON text, so that numbers reach the decoder unchanged. */
export function fieldOf(name: string, sent: string): string {
  const body = JSON.stringify(request(span({ [name]: "@" }))).replace('"@"', sent);
  const result = decodeJson(body);
  const [only] = result.ok ? spansOf(result) : [];
  return only === undefined ? outcomeOf(result) : (JSON.stringify((only as Record<string, unknown>)[name]) ?? "absent");
}

export const REJECTED = "accepted 0, rejected 1: resourceSpans[0].scopeSpans[0].spans[0].";
