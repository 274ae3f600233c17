import { inflate, readBody } from "../../otlp/body.ts";
import type { Hold } from "../../otlp/body.ts";
import { decodeMessage, FRAME_HEADER } from "../../otlp/grpc-web.ts";
import { EXPORT_SECONDS, Pace } from "../../otlp/pace.ts";
import { everySecond } from "../../otlp/paced-reader.ts";
import type { Result } from "../../otlp/refusals.ts";

/** Bytes of export bodies, as received and as inflated, that one isolate holds at a time: with the decoder's memory it stays under its 128 MB. */
export const BODIES_IN_FLIGHT = 16 * 1024 * 1024;

/** Bytes of imported files, inflated and not yet stored, that one isolate holds at a time: two batches of small elements. Separate from export bodies, so that imports never block exports. */
export const IMPORTS_IN_FLIGHT = 8 * 1024 * 1024;

/**
 * Bytes that all requests of one kind hold together in an isolate. Only arrived bytes count. A single body always fits: its
 * own limit refuses a larger one.
 */
export class BodyBudget {
  readonly #limit: number;
  #held = 0;
  #opened = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many accounts were opened so far. */
  get opened(): number {
    return this.#opened;
  }

  /** Opens the account of one request. */
  open(): BodyAccount {
    this.#opened++;
    let own = 0;
    const hold = (bytes: number) => {
      const others = this.#held - own;
      if (bytes > 0 && others > 0 && this.#held + bytes > this.#limit) return false;
      own += bytes;
      this.#held += bytes;
      return true;
    };
    return { hold, set: (bytes) => hold(bytes - own), close: () => void hold(-own) };
  }
}

export type BodyAccount = {
  /** Reserves so many more bytes; `false` if there is no room. */
  readonly hold: (bytes: number) => boolean;
  /** Sets the reserved bytes; `false` if there is no room for the increase. */
  readonly set: (bytes: number) => boolean;
  readonly close: () => void;
};

/** This isolate's budgets. */
export const bodies = new BodyBudget(BODIES_IN_FLIGHT);
export const files = new BodyBudget(IMPORTS_IN_FLIGHT);

/** The whole body of an export or of an event, inflated. */
export async function readSent(request: Request, limit: number, hold: Hold): Promise<Result<Uint8Array>> {
  const announced = request.headers.get("content-length");
  return await readBody(request.body, request.headers.get("content-encoding"), {
    limit,
    hold,
    pace: new Pace(EXPORT_SECONDS),
    seconds: everySecond,
    ...(announced !== null && /^\d+$/.test(announced) ? { announced: Number(announced) } : {}),
  });
}

/** The message of a unary call, inflated: `grpc-encoding` says how, and a flag of the message whether. */
export async function readCall(request: Request, limit: number, hold: Hold): Promise<Result<Uint8Array>> {
  const body = await readSent(request, limit + FRAME_HEADER, hold);
  if (!body.ok) return body;
  const framed = decodeMessage(body.value);
  if (!framed.ok) return framed;
  const { message, isCompressed } = framed.value;
  if (!isCompressed) return { ok: true, value: message };
  const encoding = request.headers.get("grpc-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "gzip" && encoding !== "deflate")
    return { ok: false, error: { reason: "unsupported-encoding", contentEncoding: encoding } };
  const inflated = inflate(message, encoding, limit);
  return inflated.ok && !hold(inflated.value.length) ? { ok: false, error: { reason: "no-room" } } : inflated;
}
