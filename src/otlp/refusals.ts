import { latenessText } from "./pace.ts";
import type { Lateness } from "./pace.ts";

/** Reason to refuse a whole request. Each but `no-room` is the sender's mistake; the fields say what to change. */
export type DecodeError =
  | {
      readonly reason: "unsupported-media-type";
      readonly contentType: string | undefined;
      /** The types that the path takes, if they are not those of OTLP/HTTP. */
      readonly accepted?: string;
    }
  | { readonly reason: "unsupported-encoding"; readonly contentEncoding: string }
  /** The body of a gRPC-Web call is not one message. */
  | { readonly reason: "malformed-frame"; readonly message: string }
  | { readonly reason: "too-large"; readonly what: string; readonly limit: number }
  /** The compressed body does not match its Content-Encoding. */
  | { readonly reason: "corrupt"; readonly message: string }
  /** No memory for another body; a later try succeeds. */
  | { readonly reason: "no-room" }
  /** The connection ended before the body did. */
  | { readonly reason: "cut-off" }
  | Lateness
  | { readonly reason: "not-utf8"; readonly position: number }
  | { readonly reason: "malformed-json"; readonly message: string }
  /** `position`: byte of the body; `path`: the message at that byte. */
  | {
      readonly reason: "malformed-protobuf";
      readonly message: string;
      readonly path: string;
      readonly position: number;
    }
  /** `path`: the field, as in `resourceSpans[0].scopeSpans[0].spans[3].attributes`. */
  | { readonly reason: "wrong-shape"; readonly path: string; readonly message: string };

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: DecodeError };

/** The answer to the sender. `field`: the faulty field of the request, if one is known. */
export type Refusal = { readonly http: 400 | 408 | 413 | 415 | 503; readonly message: string; readonly field?: string };

/** The only place that maps an error to HTTP (OTLP/HTTP Response: bad data 400, over a limit 413). */
export function statusOf(error: DecodeError): Refusal {
  switch (error.reason) {
    case "unsupported-media-type":
      return {
        http: 415,
        message: `Content-Type ${error.contentType === undefined ? "is missing" : `"${error.contentType}" is not supported`}: send ${error.accepted ?? "application/x-protobuf or application/json"}`,
      };
    case "unsupported-encoding":
      return {
        http: 415,
        message: `Content-Encoding "${error.contentEncoding}" is not supported: send gzip, deflate or identity`,
      };
    case "too-large":
      return { http: 413, message: `too large: more than ${error.limit} ${error.what}` };
    case "malformed-frame":
      return { http: 400, message: `the body is not one gRPC message: ${error.message}` };
    case "corrupt":
      return { http: 400, message: `the compressed body is corrupt: ${error.message}` };
    case "no-room":
      return { http: 503, message: "too many bodies in flight; try again" };
    case "cut-off":
      return { http: 400, message: "the body is incomplete: the connection ended too soon" };
    case "too-slow":
    case "overdue":
      return { http: 408, message: `the body ${latenessText(error)}` };
    case "not-utf8":
      return { http: 400, message: `not UTF-8 at byte ${error.position}` };
    case "malformed-json":
      return { http: 400, message: `malformed JSON: ${error.message}` };
    case "malformed-protobuf":
      return {
        http: 400,
        message: `malformed protobuf at byte ${error.position}: ${pathAnd(error.path, error.message)}`,
        ...(error.path === "" ? {} : { field: error.path }),
      };
    case "wrong-shape":
      return {
        http: 400,
        message: pathAnd(error.path, error.message),
        ...(error.path === "" ? {} : { field: error.path }),
      };
  }
}

function pathAnd(path: string, message: string): string {
  return path === "" ? message : `${path}: ${message}`;
}

/** Levels of a path in a message: enough for an attribute of a link, with two levels of value. */
const MAX_PATH_LEVELS = 8;

/** A decoder's position in a request. Two small stacks: a path is only written when a field is wrong. */
export class Trail {
  readonly #names: string[] = [];
  readonly #indexes: number[] = [];
  #depth = 0;

  enter(name: string): void {
    this.#names[this.#depth] = name;
    this.#indexes[this.#depth] = -1;
    this.#depth += 1;
  }

  /** The element of the list entered last. */
  item(index: number): void {
    this.#indexes[this.#depth - 1] = index;
  }

  leave(): void {
    this.#depth -= 1;
  }

  /** `resourceSpans[0].scopeSpans[0].spans[3]`, and `.field` if there is one. The middle of a deep path is omitted. */
  path(field: string): string {
    let path = "";
    for (let at = 0; at < this.#depth; at++) {
      const index = this.#indexes[at] ?? -1;
      const isFarIn =
        this.#depth > MAX_PATH_LEVELS && at >= MAX_PATH_LEVELS / 2 && at < this.#depth - MAX_PATH_LEVELS / 2;
      if (isFarIn) path += at === MAX_PATH_LEVELS / 2 ? "…" : "";
      else path += `${at === 0 ? "" : "."}${this.#names[at]}${index < 0 ? "" : `[${index}]`}`;
    }
    if (field === "") return path;
    return path === "" ? field : `${path}.${field}`;
  }
}
