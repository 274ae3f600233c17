import type { sessionAt } from "../../place.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import type { SpanLookup, SpanLookupPage } from "../../session/contract/span-lookup.ts";
import { LIST_PRICES, readPrices } from "../../session/prices/prices.ts";
import { spanDetail } from "../../session/span-detail.ts";
import type { SpanDetail } from "../../session/span-detail.ts";
import { readStep } from "../../session/transcript/step-content.ts";
import { SpanReader } from "./span-reader.ts";

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

export const IDS_OF_SPANS = "A trace id has 32 hex digits, a span id has 16.";

export type WantedSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly otlpKind?: number;
  /** Bytes of the input, and of the output. */
  readonly max?: number;
};

export type OneSpan =
  | Exclude<LogPage, { readonly state: "present" }>
  /** `because`: a sentence. */
  | { readonly state: "missing"; readonly because: string }
  /** `claimed`: attributes that the input, the output and the figures show. */
  | { readonly state: "present"; readonly span: SpanDetail; readonly claimed: ReadonlySet<string> };

export const isSpan = ({ traceId, spanId }: WantedSpan): boolean => TRACE_ID.test(traceId) && SPAN_ID.test(spanId);

/** One span of a session in its best version. The ids are in lower case. */
export async function readOneSpan(stub: ReturnType<typeof sessionAt>, wanted: WantedSpan): Promise<OneSpan> {
  const { traceId, spanId, otlpKind, max } = wanted;
  const page: SpanLookupPage = await stub.locate(traceId, spanId, otlpKind);
  if (page.state !== "present") return page;
  if (page.movedTo !== undefined && page.span.found === "none")
    return { state: "moved", sessions: [page.movedTo], tombstones: [] };
  const located = page.span;
  if (located.found !== "span") return { state: "missing", because: missing(`${traceId}:${spanId}`, located) };
  const source = await new SpanReader(stub, page.generation).read(located);
  const prices = readPrices(page.prices);
  const span = spanDetail({ ...source, traceId, prices: prices.ok ? prices.prices : LIST_PRICES, max });
  const { claimed } = readStep(source.span.stored, [], span.status === "error" ? "failed" : "passed");
  return { state: "present", span, claimed };
}

function missing(key: string, lookup: Exclude<SpanLookup, { found: "span" }>): string {
  switch (lookup.found) {
    case "none":
      return `The span ${key} does not exist or was deleted.`;
    case "other-kinds":
      return `The span ${key} has another OTLP kind: ${lookup.otlpKinds.join(", ")}.`;
    case "placeholder":
      return lookup.by === "spans"
        ? `The span ${key} was not received. Other spans name it as their parent, so the session shows a placeholder.`
        : `The span ${key} was not received. Log records belong to it.`;
  }
}
