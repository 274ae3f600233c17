/** Alerts as they are set, and as answers show them. */
import * as v from "valibot";
import { ALERT_CHOICES, ALERT_STATUSES } from "../session/contract/alerts.ts";
import { STATUSES } from "../session/list/list-filter.ts";
import { count, nanoseconds, text } from "./otlp-schema.ts";

export const ALERT_FIELDS = {
  on: v.pipe(v.array(v.picklist(ALERT_STATUSES)), v.description("Statuses that notify when a session comes to them.")),
  cost: v.pipe(v.number(), v.description("US dollars: notifies when a session passes it.")),
  duration: v.pipe(v.number(), v.description("Seconds: notifies when a session passes it, also while it waits.")),
  filter: v.pipe(
    text,
    v.description("The query of `GET /sessions`, such as `agent=planner&q=deploy`, without statuses and times."),
  ),
  sessions: v.pipe(
    v.array(text),
    v.description("Names of single sessions, beside those of the filter. Without either, all sessions."),
  ),
  format: v.pipe(
    v.picklist(ALERT_CHOICES.format),
    v.description("Of the body. `standard`: that of Standard Webhooks. Default: `standard`."),
  ),
  question: v.pipe(
    v.picklist(ALERT_CHOICES.question),
    v.description("Whether an alert has the question of a session that waits. Default: `omitted`."),
  ),
  coolDown: v.pipe(
    v.number(),
    v.description("Seconds between two alerts of the same event of a session. Default: 60."),
  ),
};

export const AlertBodySchema = v.strictObject({
  ...Object.fromEntries(Object.entries(ALERT_FIELDS).map(([name, schema]) => [name, v.exactOptional(schema)])),
  url: v.exactOptional(v.pipe(text, v.description("Of the webhook. Absent: the one that is stored stays."))),
  secret: v.exactOptional(
    v.pipe(
      text,
      v.description(
        "`whsec_` and the base64 of 24 to 64 bytes: signs requests. Absent: the one that is stored stays, if the URL's origin does. `standard` needs one.",
      ),
    ),
  ),
});

export const AlertSchema = v.object({
  name: text,
  on: ALERT_FIELDS.on,
  cost: v.exactOptional(ALERT_FIELDS.cost),
  duration: v.exactOptional(ALERT_FIELDS.duration),
  filter: v.exactOptional(ALERT_FIELDS.filter),
  sessions: v.exactOptional(ALERT_FIELDS.sessions),
  format: v.pipe(
    v.picklist([...ALERT_CHOICES.format, "push"]),
    v.description("Of the body. `push`: a browser's subscription of Web Push."),
  ),
  question: ALERT_FIELDS.question,
  coolDown: ALERT_FIELDS.coolDown,
  host: v.pipe(
    text,
    v.description("Of the webhook or push service. The rest of its URL, and secrets, are never shown."),
  ),
  signed: v.boolean(),
  state: v.pipe(
    v.picklist(["on", "failing", "off"]),
    v.description("`failing`: the last attempt failed. `off`: nothing is sent."),
  ),
  reason: v.exactOptional(v.pipe(text, v.description("Why it is off or failing."))),
  delivered: v.pipe(count, v.description("Alerts that arrived.")),
  refused: v.pipe(count, v.description("Alerts that were refused, or failed for 24 h.")),
  pending: v.pipe(count, v.description("Alerts that wait for their next attempt.")),
  dropped: v.pipe(count, v.description("Alerts that were not sent, as 5,000 were pending.")),
  lastAttempt: v.exactOptional(nanoseconds),
});

const TrySchema = v.object({
  at: nanoseconds,
  millis: count,
  outcome: v.picklist(["accepted", "retry", "refused"]),
  status: v.exactOptional(v.pipe(count, v.description("HTTP status; absent without an answer."))),
  reason: v.exactOptional(text),
});

const DeliverySchema = v.object({
  id: v.pipe(text, v.description("`webhook-id`: the same in each attempt.")),
  event: v.picklist([...ALERT_STATUSES, "cost", "duration", "over"]),
  session: text,
  title: text,
  status: v.pipe(v.picklist(STATUSES), v.description("At the time of the alert.")),
  at: nanoseconds,
  state: v.picklist(["pending", "delivered", "refused"]),
  next: v.exactOptional(v.pipe(nanoseconds, v.description("When the next attempt is due."))),
  attempts: count,
  tries: v.pipe(v.array(TrySchema), v.description("The last 20, the first one first.")),
});

export const AlertListSchema = v.object({ alerts: v.array(AlertSchema) });

export const AlertWithDeliveriesSchema = v.object({
  ...AlertSchema.entries,
  deliveries: v.pipe(v.array(DeliverySchema), v.description("The last 100, the last one first.")),
});

export const AlertTestSchema = v.object({
  outcome: v.picklist(["accepted", "retry", "refused"]),
  reason: v.exactOptional(text),
  status: v.exactOptional(v.pipe(count, v.description("HTTP status; absent without an answer."))),
  millis: count,
});

export type AlertAnswer = v.InferOutput<typeof AlertSchema>;
export type AlertListAnswer = v.InferOutput<typeof AlertListSchema>;
export type AlertWithDeliveriesAnswer = v.InferOutput<typeof AlertWithDeliveriesSchema>;
export type AlertTestAnswer = v.InferOutput<typeof AlertTestSchema>;

export const ALERT_COMPONENTS = { Alert: AlertSchema };
