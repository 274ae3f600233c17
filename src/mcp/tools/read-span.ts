import * as v from "valibot";
import { readParameters, textParameter } from "../../api/parameter.ts";
import { SpanParameters } from "../../api/span-parameters.ts";
import { IDS_OF_SPANS, isSpan, readOneSpan } from "../../routes/read/one-span.ts";
import { printSpan } from "../../session/span-text.ts";
import { callText, largerThan, recordedRoom } from "../answer.ts";
import { MAX, SESSION } from "../shared-arguments.ts";
import { pageOf, readSession, refusal } from "../tool.ts";
import type { Tool } from "../tool.ts";

const { otlpKind } = SpanParameters.entries;
const SpanName = v.object({
  span: textParameter("span", (text) => /^[0-9a-f]+:[0-9a-f]+$/i.test(text), "<traceId>:<spanId>"),
});
const SpanKind = v.object({ otlpKind });

export const readSpan: Tool = {
  name: "read_span",
  title: "Read a span",
  description:
    "One span whole: its input and output, error with stack, model, tokens, cost, and all attributes, events and log records.",
  arguments: {
    session: SESSION,
    span: {
      schema: SpanName.entries.span,
      description: "<traceId>:<spanId>, as other answers name it.",
      isRequired: true,
    },
    otlpKind: { schema: otlpKind, description: "Only where one id stands for several spans." },
    max: MAX,
  },
  run: async (params, call) => {
    const name = readParameters(SpanName, params);
    if (!name.ok) return refusal(name.detail);
    const kind = readParameters(SpanKind, params);
    if (!kind.ok) return refusal(kind.detail);
    const key = name.value.span.toLowerCase();
    const [traceId = "", spanId = ""] = key.split(":");
    if (!isSpan({ traceId, spanId })) return refusal(IDS_OF_SPANS);
    const found = await readSession(params, call, (stub) => readOneSpan(stub, { traceId, spanId, ...kind.value }));
    if ("refused" in found) return found.refused;
    const { read, id } = found;
    if (read.state === "missing") return refusal(read.because);
    const page = pageOf(call.base, id, key);
    let isCut = false;
    const recorded = printSpan(read.span, {
      max: recordedRoom({ words: [CUT], page }, call.max),
      claimed: read.claimed,
      more: () => {
        isCut = true;
        return "A larger max shows more.";
      },
    });
    if (!isCut) return { words: [], page, recorded };
    const larger = { span: key, max: largerThan(call.max) };
    return { words: [CUT], next: [callText("read_span", larger)], page, recorded };
  },
};

const CUT = "Parts are left out or cut, each where it says so.";
