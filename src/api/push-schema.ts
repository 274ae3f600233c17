/** Subscriptions of Web Push. */
import * as v from "valibot";
import { ALERT_CHOICES } from "../session/contract/alerts.ts";
import { ALERT_FIELDS } from "./alert-schema.ts";
import { text } from "./otlp-schema.ts";

export const PushSchema = v.object({
  publicKey: v.exactOptional(
    v.pipe(
      text,
      v.description("`applicationServerKey`, base64url. Absent where push can't be had: UPSTREAM_KEY is not set."),
    ),
  ),
});

export const PushSubscriptionBodySchema = v.strictObject({
  subscription: v.pipe(
    v.looseObject({ endpoint: text, keys: v.looseObject({ p256dh: text, auth: text }) }),
    v.description("`PushSubscription.toJSON()`"),
  ),
  on: ALERT_FIELDS.on,
  sessions: v.exactOptional(v.pipe(v.array(text), v.description("Names of single sessions. Absent: all sessions."))),
  question: v.exactOptional(v.picklist(ALERT_CHOICES.question)),
});

export const PushSubscriptionSchema = v.object({ id: text });

export type PushAnswer = v.InferOutput<typeof PushSchema>;
export type PushSubscriptionAnswer = v.InferOutput<typeof PushSubscriptionSchema>;
