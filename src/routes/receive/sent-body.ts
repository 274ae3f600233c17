import { readBody } from "../../otlp/body/body.ts";
import type { Hold } from "../../otlp/body/body.ts";
import { EXPORT_SECONDS, Pace } from "../../otlp/body/pace.ts";
import type { Result } from "../../otlp/refusals/decode-error.ts";
import { everySecond } from "./every-second.ts";

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
