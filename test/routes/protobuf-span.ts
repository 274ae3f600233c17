/** A request with one span in protobuf: resource_spans { scope_spans { spans { trace_id, span_id, name, start, end } } }. */
export function protobufSpan(traceId: string, name: string): Uint8Array<ArrayBuffer> {
  const bytes = (hex: string) => Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const field = (number: number, content: readonly number[]) => [(number << 3) | 2, content.length, ...content];
  const fixed64 = (number: number, low: number) => [(number << 3) | 1, low, 0, 0, 0, 0, 0, 0, 0];
  const text = Array.from(new TextEncoder().encode(name));
  const span = [
    ...field(1, bytes(traceId)),
    ...field(2, bytes("00000000000000aa")),
    ...field(5, text),
    ...fixed64(7, 1),
    ...fixed64(8, 2),
  ];
  return new Uint8Array(field(1, field(2, field(2, span))));
}
