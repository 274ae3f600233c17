/** Bytes of protobuf messages, written field by field: a test can write invalid messages that no library writes. */
export type Bytes = readonly number[];

export function varint(value: bigint | number): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

export function tag(field: number, wireType: number): Bytes {
  return varint((BigInt(field) << 3n) | BigInt(wireType));
}

/** A varint field. */
export function number(field: number, value: bigint | number): Bytes {
  return [...tag(field, 0), ...varint(value)];
}

export function fixed64(field: number, value: bigint): Bytes {
  return [...tag(field, 1), ...new Uint8Array(new BigUint64Array([value]).buffer)];
}

export function fixed32(field: number, value: number): Bytes {
  return [...tag(field, 5), ...new Uint8Array(new Uint32Array([value]).buffer)];
}

/** A message, string or bytes. */
export function bytes(field: number, content: Bytes): Bytes {
  return [...tag(field, 2), ...varint(content.length), ...content];
}

export function text(field: number, content: string): Bytes {
  return bytes(field, [...new TextEncoder().encode(content)]);
}

export function group(field: number, ...fields: Bytes[]): Bytes {
  return [...tag(field, 3), ...fields.flat(), ...tag(field, 4)];
}

export function hex(field: number, content: string): Bytes {
  return bytes(field, [...Buffer.from(content, "hex")]);
}

export const IDS: Bytes = [...hex(1, "5b8efff798038103d269b633813fc60c"), ...hex(2, "eee19b7ec3c1b174")];

/** An ExportTraceServiceRequest with one span. */
export function requestWith(...fields: Bytes[]): Uint8Array {
  return new Uint8Array(bytes(1, bytes(2, bytes(2, fields.flat()))));
}
