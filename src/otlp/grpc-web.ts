import { bytesInBase64, bytesOfBase64 } from "../lib/base64.ts";
import type { Result } from "./refusals.ts";

/** gRPC's status of a call. `details`: google.rpc.Status with what the code alone does not say, such as RetryInfo. */
export type GrpcStatus = { readonly code: number; readonly message: string; readonly details?: Uint8Array };

/** What a unary call is answered with. A call that failed has no message. */
export type GrpcAnswer = { readonly message?: Uint8Array; readonly status: GrpcStatus };

/** The Content-Type of a request that this file reads, with parameters or without: binary frames of protobuf. */
export const GRPC_WEB_TYPE = "application/grpc-web+proto";

/** Bytes before each message and before the trailers: flags, and the length in 32 bits (gRPC, Length-Prefixed-Message). */
export const FRAME_HEADER = 5;

const COMPRESSED = 0x01;
const TRAILERS = 0x80;

export function isGrpcWeb(contentType: string | undefined): boolean {
  const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return mediaType === GRPC_WEB_TYPE || mediaType === "application/grpc-web";
}

/** The message of a unary call as a body holds it. */
export function encodeMessage(message: Uint8Array): Uint8Array<ArrayBuffer> {
  return frame(0, message);
}

/** The one message of a unary call's body, not yet inflated. */
export function decodeMessage(
  body: Uint8Array,
): Result<{ readonly message: Uint8Array; readonly isCompressed: boolean }> {
  const corrupt = (message: string) => ({ ok: false, error: { reason: "malformed-frame", message } }) as const;
  if (body.length < FRAME_HEADER) return corrupt("it has no message");
  const [flags = 0] = body;
  if (flags > COMPRESSED) return corrupt(`its first byte is ${flags}, no flag of a message`);
  const announced = lengthAt(body, 0);
  const present = body.length - FRAME_HEADER;
  if (announced !== present) return corrupt(`it announces ${announced} bytes and has ${present}`);
  return { ok: true, value: { message: body.subarray(FRAME_HEADER), isCompressed: flags === COMPRESSED } };
}

/** The body of an answer: the message, then the trailers, which HTTP/1 and browsers have no other place for. */
export function encodeAnswer({ message, status }: GrpcAnswer): Uint8Array<ArrayBuffer> {
  const lines = [`grpc-status: ${status.code}`];
  if (status.message !== "") lines.push(`grpc-message: ${percentEncode(status.message)}`);
  if (status.details !== undefined) lines.push(`grpc-status-details-bin: ${bytesInBase64(status.details)}`);
  const trailers = frame(TRAILERS, new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join("")));
  return message === undefined ? trailers : concat(frame(0, message), trailers);
}

/** Reads an answer of `encodeAnswer`; `undefined` if it is none, such as the page of a proxy. */
export function decodeAnswer(body: Uint8Array): GrpcAnswer | undefined {
  let message: Uint8Array | undefined;
  for (let at = 0; at + FRAME_HEADER <= body.length;) {
    const end = at + FRAME_HEADER + lengthAt(body, at);
    if (end > body.length) return undefined;
    const content = body.subarray(at + FRAME_HEADER, end);
    if (body[at] === TRAILERS) {
      const status = statusIn(new TextDecoder().decode(content));
      return status === undefined ? undefined : { status, ...(message === undefined ? {} : { message }) };
    }
    message = content;
    at = end;
  }
  return undefined;
}

function statusIn(trailers: string): GrpcStatus | undefined {
  const fields = new Map(
    trailers.split("\r\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const code = fields.get("grpc-status");
  if (code === undefined || !/^\d{1,3}$/.test(code)) return undefined;
  const details = bytesOfBase64(fields.get("grpc-status-details-bin") ?? "");
  return {
    code: Number(code),
    message: decodeURIComponent(fields.get("grpc-message") ?? ""),
    ...(details === undefined || details.length === 0 ? {} : { details }),
  };
}

function frame(flags: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const framed = new Uint8Array(FRAME_HEADER + content.length);
  framed[0] = flags;
  new DataView(framed.buffer).setUint32(1, content.length);
  framed.set(content, FRAME_HEADER);
  return framed;
}

function lengthAt(body: Uint8Array, at: number): number {
  return new DataView(body.buffer, body.byteOffset + at).getUint32(1);
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** A status message in a header: printable ASCII but the percent sign stands for itself (gRPC, Percent-Encoded). */
function percentEncode(message: string): string {
  return message.toWellFormed().replaceAll(/[^ -$&-~]+/gu, encodeURIComponent);
}
