import { bytesOfBase64 } from "../../lib/base64.ts";
import { oneLine } from "../../lib/one-line.ts";
import { LENGTH, ProtobufReader } from "../../otlp/protobuf/reader.ts";
import { Trail } from "../../otlp/refusals.ts";
import type { SinkAnswer } from "../sink.ts";

/** Shorter texts are no credentials, and stand in many answers by chance. UTF-16 units. */
const SHORTEST_CREDENTIAL = 6;
const HIDDEN = "[hidden]";

/** What of a request's headers must be in no text that is shown: values, their parts, and what a part says in base64. */
export function credentialsIn(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(headers).flatMap((value) => {
    const parts = value.split(/[\s,;]+/);
    return [value, ...parts, ...parts.flatMap(partsOfBase64)];
  });
}

/** User and password of Basic authentication (RFC 7617). */
function partsOfBase64(text: string): readonly string[] {
  const bytes = bytesOfBase64(text);
  return bytes === undefined ? [] : new TextDecoder().decode(bytes).split(":");
}

/** The text without these credentials: a receiver may repeat what it was sent. */
export function withoutCredentials(text: string, credentials: readonly string[]): string {
  return credentials
    .filter(({ length }) => length >= SHORTEST_CREDENTIAL)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, credential) => rest.replaceAll(credential, HIDDEN), text);
}

/** What an answer says, for a person: one line of at most `length` UTF-16 units, without these credentials. */
export function answerText(answer: SinkAnswer, credentials: readonly string[], length: number): string {
  const text = statusMessage(answer) ?? new TextDecoder().decode(answer.body);
  return oneLine(withoutCredentials(text, credentials), length);
}

/**
 * The message of a failure in protobuf (OTLP/HTTP Response, Failures); `undefined` if it has none.
 *
 * | google.rpc.Status | |
 * |---|---|
 * | 2 | message: string |
 */
function statusMessage({ status, headers, body }: SinkAnswer): string | undefined {
  if (status < 400 || !/protobuf/.test(headers.get("content-type") ?? "")) return undefined;
  const reader = new ProtobufReader(body, new Trail());
  let message: string | undefined;
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((2 << 3) | LENGTH)) message = reader.string("message");
    else reader.skip(tag);
  }
  return reader.fault === undefined ? message : undefined;
}
