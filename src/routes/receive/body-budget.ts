import { readBody } from "../../otlp/body.ts";
import type { Hold } from "../../otlp/body.ts";
import { EXPORT_SECONDS, Pace } from "../../otlp/pace.ts";
import type { Result } from "../../otlp/refusals.ts";
import { everySecond } from "./every-second.ts";

/** Bytes of the bodies of exports that one isolate holds at a time, as received and as inflated: with what decoding makes of them it stays under its 128 MB. */
export const BODIES_IN_FLIGHT = 16 * 1024 * 1024;

/** Bytes of files that one isolate holds at a time, inflated and not yet stored: two batches of small elements. Apart from the bodies of exports, so that imports never keep exports out. */
export const IMPORTS_IN_FLIGHT = 8 * 1024 * 1024;

/**
 * What all requests of one kind hold together in an isolate. Only what has arrived counts. A body that is alone is always
 * let in: a larger one is refused by its own limit.
 */
export class BodyBudget {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A request's own account. */
  open(): BodyAccount {
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
  /** Takes so many more bytes, if there is room. */
  readonly hold: (bytes: number) => boolean;
  /** Holds so many bytes from now on, if there is room for those that are more. */
  readonly set: (bytes: number) => boolean;
  readonly close: () => void;
};

/** Of this isolate. */
export const bodies = new BodyBudget(BODIES_IN_FLIGHT);
export const files = new BodyBudget(IMPORTS_IN_FLIGHT);

/** The body of an export, or of an event, whole and inflated. */
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
