import { bytesOfBase64url } from "../../../lib/base64.ts";
import { isRecord } from "../../../lib/plain-data.ts";
import { judgeUrl } from "../../http/judge-url.ts";
import type { PrivateHosts } from "../../http/judge-url.ts";
import { Fault, readingOf, recordOf } from "../../read-body.ts";
import type { Reading } from "../../read-body.ts";
import { readRule } from "../read-alert.ts";
import type { GivenAlert } from "../read-alert.ts";
import type { PushKeys } from "./encrypt.ts";

/** A browser's subscription, as `PushSubscription.toJSON()` has it, and what notifies it. */
export type GivenSubscription = Pick<GivenAlert, "rule" | "sessions"> & {
  readonly endpoint: string;
  /** Base64url. */
  readonly p256dh: string;
  readonly auth: string;
};

/** The error names no part of the subscription. */
type SubscriptionReading = Reading<{ readonly given: GivenSubscription }>;

const FIELDS: ReadonlySet<string> = new Set(["subscription", "on", "sessions", "question"]);
const LONGEST_ENDPOINT = 2_048;

/** The body of `PUT /push/subscriptions`. */
export function readSubscription(given: unknown, privateHosts: PrivateHosts): SubscriptionReading {
  return readingOf(() => {
    const body = recordOf(given, FIELDS, "a subscription");
    const { rule, sessions } = readRule(body);
    const { subscription } = body;
    const keys = isRecord(subscription) ? subscription["keys"] : undefined;
    if (!isRecord(subscription) || !isRecord(keys)) throw new Fault("subscription must be a PushSubscription as JSON");
    const { endpoint } = subscription;
    const { p256dh, auth } = keys;
    if (typeof endpoint !== "string" || endpoint.length > LONGEST_ENDPOINT)
      throw new Fault("the endpoint must be a URL");
    const judged = judgeUrl(endpoint, privateHosts);
    if (!judged.ok) throw new Fault(`the endpoint is refused: ${judged.error}`);
    if (typeof p256dh !== "string" || typeof auth !== "string" || readPushKeys({ p256dh, auth }) === undefined)
      throw new Fault("keys must be those of a subscription: p256dh, a point of P-256, and auth, 16 bytes");
    return {
      given: { rule, endpoint: judged.url.href, p256dh, auth, ...(sessions === undefined ? {} : { sessions }) },
    };
  });
}

const POINT_BYTES = 65;
const AUTH_BYTES = 16;
/** The first byte of an uncompressed point (SEC 1 §2.3.3). */
const UNCOMPRESSED = 4;

/** `undefined` if they can be no keys of a subscription. */
export function readPushKeys(texts: { readonly p256dh: string; readonly auth: string }): PushKeys | undefined {
  const p256dh = bytesOfBase64url(texts.p256dh);
  const auth = bytesOfBase64url(texts.auth);
  if (p256dh?.length !== POINT_BYTES || p256dh[0] !== UNCOMPRESSED || auth?.length !== AUTH_BYTES) return undefined;
  return { p256dh, auth };
}
