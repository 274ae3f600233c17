import type { AnyValue, KeyValue, ResourceSpans, Scope, Span } from "../../src/otel/span.ts";

/**
 * Writes canonical OTLP/JSON as protobuf, the fields that the load uses. Numbers are those of
 * opentelemetry/proto/trace/v1/trace.proto and common/v1/common.proto.
 */
export function encodeProtobuf(request: { readonly resourceSpans: readonly ResourceSpans[] }): Buffer {
  const out = new Writer();
  for (const { resource, scopeSpans } of request.resourceSpans) {
    out.message(1, (resourceSpans) => {
      resourceSpans.message(1, (inner) => attributes(inner, 1, resource?.attributes));
      for (const { scope, spans } of scopeSpans ?? []) {
        resourceSpans.message(2, (inner) => {
          inner.message(1, (field) => writeScope(field, scope));
          for (const span of spans ?? []) inner.message(2, (field) => writeSpan(field, span));
        });
      }
    });
  }
  return out.bytes();
}

function writeScope(out: Writer, scope: Scope | undefined): void {
  out.text(1, scope?.name);
  out.text(2, scope?.version);
  attributes(out, 3, scope?.attributes);
}

function writeSpan(out: Writer, span: Span): void {
  out.raw(1, Buffer.from(span.traceId, "hex"));
  out.raw(2, Buffer.from(span.spanId, "hex"));
  out.text(3, span.traceState);
  if (span.parentSpanId !== undefined) out.raw(4, Buffer.from(span.parentSpanId, "hex"));
  out.text(5, span.name);
  out.varint(6, BigInt(span.kind ?? 0));
  out.fixed64(7, BigInt(span.startTimeUnixNano ?? 0));
  out.fixed64(8, BigInt(span.endTimeUnixNano ?? 0));
  attributes(out, 9, span.attributes);
  const { status } = span;
  if (status !== undefined)
    out.message(15, (field) => {
      field.text(2, status.message);
      field.varint(3, BigInt(status.code ?? 0));
    });
  if (span.flags !== undefined) out.fixed32(16, span.flags);
}

function attributes(out: Writer, field: number, list: readonly KeyValue[] | undefined): void {
  for (const { key, value } of list ?? []) {
    out.message(field, (pair) => {
      pair.text(1, key);
      if (value !== undefined) pair.message(2, (inner) => writeValue(inner, value));
    });
  }
}

function writeValue(out: Writer, value: AnyValue): void {
  if (value.stringValue !== undefined) out.raw(1, Buffer.from(value.stringValue));
  if (value.boolValue !== undefined) out.varint(2, value.boolValue ? 1n : 0n, "even zero");
  if (value.intValue !== undefined) out.varint(3, BigInt.asUintN(64, BigInt(value.intValue)), "even zero");
  if (value.doubleValue !== undefined) out.double(4, Number(value.doubleValue));
  const { arrayValue } = value;
  if (arrayValue !== undefined)
    out.message(5, (list) => {
      for (const element of arrayValue.values ?? []) list.message(1, (inner) => writeValue(inner, element));
    });
}

/** Length-delimited fields are written inside out: a message's bytes are known before its length is. */
class Writer {
  readonly #parts: Buffer[] = [];

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  raw(field: number, bytes: Buffer): void {
    this.#tag(field, 2);
    this.#number(BigInt(bytes.length));
    this.#parts.push(bytes);
  }

  message(field: number, write: (inner: Writer) => void): void {
    const inner = new Writer();
    write(inner);
    this.raw(field, inner.bytes());
  }

  text(field: number, text: string | undefined): void {
    if (text !== undefined && text !== "") this.raw(field, Buffer.from(text));
  }

  varint(field: number, value: bigint, zero?: "even zero"): void {
    if (value === 0n && zero === undefined) return;
    this.#tag(field, 0);
    this.#number(value);
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, 1);
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    this.#parts.push(bytes);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, 5);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.#parts.push(bytes);
  }

  double(field: number, value: number): void {
    this.#tag(field, 1);
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(bytes);
  }

  #tag(field: number, wireType: number): void {
    this.#number(BigInt((field << 3) | wireType));
  }

  #number(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.#parts.push(Buffer.from(bytes));
  }
}
