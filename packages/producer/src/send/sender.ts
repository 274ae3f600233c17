import { openTransport } from "#platform";
import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Target } from "../fork/target.ts";
import { reasonOf } from "./outcome.ts";
import type { Outcome, Transport } from "./outcome.ts";

/** Encodes spans and sends them to one target. Encoder and transport are loaded by the first attempt. */
export class Sender {
  readonly #target: Target;
  #loading: Promise<{ readonly encode: Encode; readonly transport: Transport }> | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  async send(spans: ReadableSpan[], signal: AbortSignal): Promise<Outcome> {
    try {
      this.#loading ??= load(this.#target);
      const { encode, transport } = await this.#loading;
      const body = encode(spans);
      if (body === undefined) return { kind: "refused", reason: "the spans can't be encoded" };
      // An instrumented client would make spans of this request, and these another request.
      return await context.with(suppressTracing(context.active()), () => transport.send(body, signal));
    } catch (error) {
      return { kind: "refused", reason: reasonOf(error) };
    }
  }

  close(): void {
    void this.#loading?.then(
      ({ transport }) => transport.close(),
      () => undefined,
    );
  }
}

type Encode = (spans: ReadableSpan[]) => Uint8Array | undefined;

async function load(target: Target) {
  const [{ JsonTraceSerializer, ProtobufTraceSerializer }, transport] = await Promise.all([
    import("@opentelemetry/otlp-transformer"),
    openTransport(target),
  ]);
  const serializer = target.protocol === "http/json" ? JsonTraceSerializer : ProtobufTraceSerializer;
  return { encode: (spans: ReadableSpan[]) => serializer.serializeRequest(spans), transport };
}
