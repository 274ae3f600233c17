import { isRecord } from "../../lib/plain-data.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import { decodeTraces } from "../decode-traces.ts";
import type { RecordGroup, TraceGroup } from "../group/trace-group.ts";
import { jsonFaultAt } from "../json/text.ts";
import { halvesOf } from "./halves.ts";
import { decodeLogs } from "../logs/decode-logs.ts";
import { statusOf } from "../refusals.ts";
import type { DecodeError, Result } from "../refusals.ts";
import { resourceSpansOfJaeger } from "./jaeger.ts";
import { FileFault } from "./json-pieces.ts";
import type { Piece } from "./open-element.ts";

/** Groups to deliver at once. `spans` and `records` were accepted; `rejected` counts all others. */
export type DecodedPieces = {
  /** Length of the decoded JSON. */
  readonly bytes: number;
  readonly groups: readonly (TraceGroup | RecordGroup)[];
  readonly spans: number;
  readonly records: number;
  readonly rejected: { readonly count: number; readonly reason?: string };
};

/** Spans of a Jaeger trace that are decoded at once. */
const SPANS_AT_ONCE = 4_000;
/** An integer that a double would round: quoted, it keeps its digits. */
const LONG_VALUE = /(?<!\\)"value"(\s*:\s*)(-?\d{16,19})(?=\s*[,}])/g;

const encoder = new TextEncoder();

/** Decodes pieces of one kind: together if all are good, else one by one. Throws a `FileFault`. */
export function* decodePieces(pieces: readonly Piece[]): Generator<DecodedPieces> {
  const [piece] = pieces;
  if (piece === undefined) return;
  if (piece.kind === "data") {
    for (const trace of pieces) yield* decodeJaeger(trace);
    return;
  }
  const decoded = decode(
    piece.kind,
    pieces.map(({ bytes }) => bytes),
  );
  if (decoded.ok) yield decoded.value;
  else if (pieces.length > 1) for (const one of pieces) yield* decodePieces([one]);
  else if (decoded.error.reason === "too-large") yield* decodeHalves(piece, decoded.error);
  else throw faultOf(piece, decoded.error);
}

function decode(kind: "resourceSpans" | "resourceLogs", texts: readonly Uint8Array[]): Result<DecodedPieces> {
  const body = bodyOf(kind, texts);
  const bytes = body.length;
  if (kind === "resourceLogs") {
    const decoded = decodeLogs(body, "json");
    return decoded.ok ? { ok: true, value: { ...decoded.value, bytes, spans: 0 } } : decoded;
  }
  const decoded = decodeTraces(body, "json");
  return decoded.ok ? { ok: true, value: { ...decoded.value, bytes, records: 0 } } : decoded;
}

function bodyOf(kind: string, texts: readonly Uint8Array[]): Uint8Array {
  const head = encoder.encode(`{"${kind}":[`);
  const body = new Uint8Array(head.length + texts.reduce((sum, text) => sum + text.length + 1, 0) + 1);
  body.set(head);
  let at = head.length;
  texts.forEach((text, index) => {
    if (index > 0) body[at++] = 0x2c;
    body.set(text, at);
    at += text.length;
  });
  body.set(encoder.encode("]}"), at);
  return body;
}

/** Splits a piece that exceeds a limit of requests, such as the number of traces: a Collector writes a whole batch as one element. */
function* decodeHalves(piece: Piece, error: DecodeError): Generator<DecodedPieces> {
  const halves = halvesOf(piece.bytes);
  if (halves === undefined) throw faultOf(piece, error);
  for (const bytes of halves) yield* decodePieces([{ ...piece, bytes }]);
}

function* decodeJaeger(piece: Piece): Generator<DecodedPieces> {
  const text = textOf(piece);
  const trace = parse(piece, text.replace(LONG_VALUE, '"value"$1"$2"'));
  let waiting: ResourceSpans[] = [];
  let spans = 0;
  try {
    for (const resourceSpans of resourceSpansOfJaeger(trace, SPANS_AT_ONCE)) {
      waiting.push(resourceSpans);
      for (const scope of resourceSpans.scopeSpans ?? []) spans += scope.spans?.length ?? 0;
      if (spans < SPANS_AT_ONCE) continue;
      yield* decodeConverted(piece, waiting);
      waiting = [];
      spans = 0;
    }
  } catch (error) {
    if (error instanceof TypeError)
      throw new FileFault(`${nameOf(piece)}: ${error.message}`, piece.position, piece.line);
    throw error;
  }
  if (waiting.length > 0) yield* decodeConverted(piece, waiting);
}

function* decodeConverted(piece: Piece, resourceSpans: readonly ResourceSpans[]): Generator<DecodedPieces> {
  const decoded = decode(
    "resourceSpans",
    resourceSpans.map((one) => encoder.encode(JSON.stringify(one))),
  );
  if (!decoded.ok) throw faultOf(piece, decoded.error);
  yield decoded.value;
}

function textOf(piece: Piece): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(piece.bytes);
  } catch {
    throw new FileFault(`${nameOf(piece)}: not UTF-8`, piece.position, piece.line);
  }
}

function parse(piece: Piece, text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    throw malformed(piece, textOf(piece));
  }
}

function faultOf(piece: Piece, error: DecodeError): FileFault {
  if (error.reason === "malformed-json") return malformed(piece, textOf(piece));
  const { message } = statusOf(error);
  const [named] = /^\w+\[0\]/.exec(message) ?? [];
  const text = named === undefined ? `${nameOf(piece)}: ${message}` : nameOf(piece) + message.slice(named.length);
  return new FileFault(text, piece.position, piece.line);
}

/** Names the exact position at which an element stops being JSON. */
function malformed(piece: Piece, text: string): FileFault {
  const at = jsonFaultAt(text);
  const before = text.slice(0, at);
  const character = JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
  const message = `${nameOf(piece)}: malformed JSON: unexpected ${at >= text.length ? "end" : character}`;
  const position = piece.position + encoder.encode(before).length;
  return new FileFault(message, position, piece.line + before.split("\n").length - 1);
}

function nameOf({ kind, index }: Piece): string {
  return `${kind}[${index}]`;
}
