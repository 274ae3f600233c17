import { bytes, hex, text, varint, type Bytes } from "./wire.ts";

const PROTOBUF_BODY = 16 * 1024 * 1024 - 300;
const JSON_BODY = 8 * 1024 * 1024 - 300;

export type AdversarialBody = { readonly encoding: "json" | "protobuf"; readonly bytes: Uint8Array };

/** Bodies of the largest size, built to become as many objects or as much text as possible. */
export const ADVERSARIAL_TRACES: { readonly [what: string]: () => AdversarialBody } = {
  "an array of empty values": () => inSpan(attribute(nested(5, repeated(bytes(1, []), PROTOBUF_BODY)))),
  "a kvlist of empty entries": () => inSpan(attribute(nested(6, repeated(bytes(1, []), PROTOBUF_BODY)))),
  "arrays up to the limit of values, in many spans": () =>
    manySpans(attribute(nested(5, repeated(bytes(1, []), 199_000)))),
  "empty attributes": () => manySpans(repeated(bytes(9, []), 2_048)),
  "empty events": () => manySpans(repeated(bytes(11, []), 20_000)),
  "empty resources": () => ({ encoding: "protobuf", bytes: repeated(bytes(1, []), PROTOBUF_BODY) }),
  "a name of control characters, six of JSON each": () => inSpan(nested(5, Buffer.alloc(PROTOBUF_BODY, 1))),
  "a value of control characters": () => inSpan(attribute(nested(1, Buffer.alloc(PROTOBUF_BODY, 1)))),
  bytes: () => inSpan(attribute(nested(7, Buffer.alloc(PROTOBUF_BODY, 255)))),
  "names of wide characters": () => manySpans(Buffer.from(text(5, "語".repeat(300)))),
  "values of a hundred levels": () => manySpans(repeated([...attribute(deep(98))], 200_000)),
  "unknown objects": () => json(`{"x":[${"{},".repeat(374_000)}`),
  "unknown lists in lists": () => json(`{"x":${"[".repeat(748_000)}${"]".repeat(748_000)},"y":["",`),
  "objects that each have a key of their own": () =>
    json(`{"x":[${Array.from({ length: 249_000 }, (_, n) => `{"${n}":1},`).join("")}`),
  "one object with many keys": () =>
    json(`{"x":{${Array.from({ length: 374_000 }, (_, n) => `"${n.toString(36)}":1,`).join("")}"z":1},"y":["",`),
  "numbers that lose digits": () =>
    json(
      `${jsonSpan('"startTimeUnixNano":1795262400123456789')},"x":[${'{"intValue":12345678901234567},'.repeat(180_000)}`,
    ),
  "spans of wide characters": () =>
    json(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${Array.from({ length: 9_000 }, (_, n) => `{${ids(n + 1)},"name":"語${"a".repeat(700)}"},`).join("")}{}]}]}],"x":["",`,
    ),
};

/** Like {@link ADVERSARIAL_TRACES}, for the receiver of logs. */
export const ADVERSARIAL_LOGS: { readonly [what: string]: () => AdversarialBody } = {
  "a body of control characters": () => manyRecords(() => nested(5, nested(1, Buffer.alloc(PROTOBUF_BODY, 1)))),
  "a body of empty values": () => manyRecords(() => nested(5, nested(5, repeated(bytes(1, []), PROTOBUF_BODY)))),
  "bodies of many values": () => manyRecords(() => nested(5, nested(5, repeated(bytes(1, []), 199_000)))),
  "attributes that are empty": () => manyRecords(() => repeated(bytes(6, []), 2_048)),
  "a session's name each": () =>
    manyRecords((n) => recordAttribute("session.id", nested(1, Buffer.from(`${n} `.repeat(300))))),
  "texts of wide characters": () =>
    manyRecords((n) =>
      Buffer.concat([
        Buffer.from(text(12, "claude_code.user_prompt")),
        recordAttribute("prompt", nested(1, Buffer.from("語".repeat(300)))),
        recordAttribute("prompt.id", nested(1, Buffer.from(`${n}`))),
        recordAttribute("session.id", nested(1, Buffer.from("one"))),
      ]),
    ),
  "a heartbeat of bytes that are no span": () =>
    manyRecords(() => Buffer.concat([HEARTBEAT, nested(5, nested(7, Buffer.alloc(PROTOBUF_BODY - 100, 255)))])),
  "heartbeats of empty attributes": () =>
    manyRecords((n) => {
      const held = nested(1, nested(2, nested(2, span(n + 1, repeated(bytes(9, []), 2_000)))));
      return Buffer.concat([HEARTBEAT, nested(5, nested(1, Buffer.from(Buffer.from(held).toString("base64"))))]);
    }),
  "heartbeats of a hundred thousand values": () =>
    manyRecords((n) => {
      const value = nested(5, repeated(bytes(1, []), 199_000));
      const held = nested(1, nested(2, nested(2, span(n + 1, attribute(value)))));
      return Buffer.concat([HEARTBEAT, nested(5, nested(7, held))]);
    }),
};

const HEARTBEAT = recordAttribute("partial.event", nested(1, Buffer.from("heartbeat")));

const RECORD_OF_TRACE = hex(9, "5b8efff798038103d269b633813fc60c");

/** As many records of that content as a body holds, at least one. */
function manyRecords(content: (n: number) => Uint8Array): AdversarialBody {
  const records: Uint8Array[] = [];
  for (let n = 0, size = 0; size < PROTOBUF_BODY - 100; n++) {
    const record = nested(2, Buffer.concat([Buffer.from(RECORD_OF_TRACE), content(n)]));
    if (size > 0 && size + record.length > PROTOBUF_BODY) break;
    records.push(record);
    size += record.length;
  }
  return { encoding: "protobuf", bytes: nested(1, nested(2, Buffer.concat(records))) };
}

function recordAttribute(key: string, value: Uint8Array): Uint8Array {
  return nested(6, Buffer.concat([Buffer.from(text(1, key)), nested(2, value)]));
}

/** Filled with a string up to the largest body. */
function json(beginning: string): AdversarialBody {
  const filled = `${beginning}"${"a".repeat(Math.max(0, JSON_BODY - Buffer.byteLength(beginning)))}"]}`;
  return { encoding: "json", bytes: new TextEncoder().encode(filled) };
}

function jsonSpan(fields: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{${ids(1)},${fields}}]}]}]`;
}

function ids(n: number): string {
  return `"traceId":"5b8efff798038103d269b633813fc60c","spanId":"${n.toString(16).padStart(16, "0")}"`;
}

function inSpan(content: Uint8Array): AdversarialBody {
  return { encoding: "protobuf", bytes: nested(1, nested(2, nested(2, span(1, content)))) };
}

/** As many spans of that content as a body holds. */
function manySpans(content: Uint8Array): AdversarialBody {
  const one = nested(2, span(1, content));
  const count = Math.floor(PROTOBUF_BODY / one.length);
  const spans = Buffer.concat(Array.from({ length: count }, (_, n) => nested(2, span(n + 1, content))));
  return { encoding: "protobuf", bytes: nested(1, nested(2, spans)) };
}

function span(n: number, content: Uint8Array): Uint8Array {
  const spanId = hex(2, n.toString(16).padStart(16, "0"));
  return Buffer.concat([Buffer.from([...hex(1, "5b8efff798038103d269b633813fc60c"), ...spanId]), content]);
}

function attribute(value: Uint8Array): Uint8Array {
  return nested(9, Buffer.concat([Buffer.from(text(1, "k")), nested(2, value)]));
}

function deep(levels: number): Uint8Array {
  let value: Uint8Array = new Uint8Array();
  for (let level = 0; level < levels; level++) value = nested(5, nested(1, value));
  return value;
}

function nested(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
}

function repeated(unit: Bytes, size: number): Uint8Array {
  return Buffer.alloc(Math.floor(size / unit.length) * unit.length, Uint8Array.from(unit));
}
