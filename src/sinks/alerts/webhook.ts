import { createHmac } from "node:crypto";
import { bytesOfBase64 } from "../../lib/base64.ts";
import type { AlertFormat } from "../../session/contract/alerts.ts";
import type { Sink } from "../sink.ts";
import { bodyOf } from "./bodies.ts";
import type { AlertMessage } from "./bodies.ts";
import { post } from "./post.ts";

export type Webhook = {
  readonly url: string;
  readonly format: AlertFormat;
  /** `whsec_` and base64. Without it requests are not signed. */
  readonly secret?: string;
};

const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

/** The bytes of a secret: 24 to 64, as the specification says. `undefined` for another text. */
function secretBytes(text: string): Uint8Array | undefined {
  const [, base64 = ""] = SECRET.exec(text) ?? [];
  const bytes = bytesOfBase64(base64);
  return bytes !== undefined && bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

export const isSecret = (text: string): boolean => secretBytes(text) !== undefined;

/**
 * A receiver of Standard Webhooks (standardwebhooks.com, specification 1.0), or one with a body of its own. `webhook-id` names the
 * alert in each attempt; the time stamp is that of the attempt.
 */
export function webhook({ url, format, secret }: Webhook): Sink<AlertMessage> {
  return {
    async deliver(message, transport, signal) {
      const body = bodyOf(format, message);
      const headers = { "content-type": "application/json", ...signed(secret, message.id, Date.now(), body) };
      return await post({ url, headers, body: new Uint8Array(new TextEncoder().encode(body)) }, transport, signal);
    },
  };
}

function signed(secret: string | undefined, id: string, now: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000));
  const names = { "webhook-id": id, "webhook-timestamp": timestamp };
  const key = secret === undefined ? undefined : secretBytes(secret);
  if (key === undefined) return names;
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { ...names, "webhook-signature": `v1,${signature}` };
}
