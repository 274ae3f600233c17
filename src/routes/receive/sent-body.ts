import { readBody } from "../../otlp/body/body.ts";
import type { Hold } from "../../otlp/body/body.ts";
import type { Result } from "../../otlp/refusals/decode-error.ts";

/**
 * A request's body as `readBody` gives it. One that is not compressed and whose length was announced comes in a single
 * piece: the platform reads it in a fraction of the time that pieces take, which is most of what small bodies cost.
 */
export async function readSent(request: Request, limit: number, hold: Hold): Promise<Result<Uint8Array>> {
  const coding = request.headers.get("content-encoding");
  const announced = request.headers.get("content-length");
  if (coding !== null || announced === null || !(Number(announced) <= limit))
    return await readBody(request.body, coding, limit, hold);
  if (!hold(Number(announced))) return { ok: false, error: { reason: "no-room" } };
  try {
    return { ok: true, value: new Uint8Array(await request.arrayBuffer()) };
  } catch {
    return { ok: false, error: { reason: "cut-off" } };
  }
}
