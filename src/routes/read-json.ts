import type { Context } from "hono";
import type { AppEnv } from "../config.ts";
import { statusOf } from "../otlp/refusals.ts";
import { bodies, readSent } from "./receive/body-budget.ts";

/** Bytes of a body with settings. */
const MAX_BODY = 65_536;

export type JsonBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string };

/** A body with settings. Refusals quote nothing of it: it may have credentials. */
export async function readJson(c: Context<AppEnv>, maxBytes = MAX_BODY): Promise<JsonBody> {
  const account = bodies.open();
  try {
    const sent = await readSent(c.req.raw, maxBytes, account.hold);
    if (!sent.ok) return { ok: false, detail: `body: ${statusOf(sent.error).message}` };
    return { ok: true, value: JSON.parse(new TextDecoder().decode(sent.value)) };
  } catch {
    // The parser's own message quotes the body.
    return { ok: false, detail: "The body must be JSON." };
  } finally {
    account.close();
  }
}
