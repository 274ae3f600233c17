import type { Bindings } from "../../config.ts";
import { alertsOf } from "../../place.ts";
import type { CallContext } from "../../place.ts";
import type { AlertDelivery, AlertOutcome, AlertTry, StoredAlert, StoredVapid } from "../../session/contract/alerts.ts";
import { unsealAndRotate } from "../cipher.ts";
import { attemptDelivery } from "../http/attempt-delivery.ts";
import { destinationOf } from "../http/destination.ts";
import { judgeUrl, privateHostsOf } from "../http/judge-url.ts";
import { nextTry } from "../http/retry.ts";
import type { Sink, Transport } from "../sink.ts";
import type { AlertMessage } from "./bodies.ts";
import { pushService } from "./push/push-service.ts";
import { readPushKeys } from "./push/read-subscription.ts";
import { openVapid } from "./push/vapid.ts";
import { webhook } from "./webhook.ts";

/** Of one request. A receiver that works for longer has to answer first: Standard Webhooks advises 15 to 30 s. */
const TIMEOUT_MILLIS = 15_000;

/** The browser ended the subscription (RFC 8030 §7.3). */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** An alert's target, open. `off`: why nothing is sent there. */
export type OpenTarget =
  | { readonly url: string; readonly sink: Sink<AlertMessage>; readonly off?: never }
  | { readonly off: string };

/** What an alert's secrets belong to. */
export function boundTo(tenant: string, name: string): string {
  return `${tenant}/alerts/${name}`;
}

/** `vapid`: the deployment's key, which push services ask for. */
export async function openTarget(
  env: Bindings,
  caller: CallContext,
  alert: StoredAlert,
  vapid: StoredVapid | undefined,
): Promise<OpenTarget> {
  const { name, target, sealed } = alert;
  const outcome = await unsealAndRotate(env.UPSTREAM_KEY, sealed, boundTo(caller.tenant, name), async (again) => {
    await alertsOf(env, caller).reseal(name, sealed, again);
  });
  if (outcome.state !== "open") return { off: CLOSED[outcome.state] };
  const { url = "", secret } = outcome.texts;
  const judged = judgeUrl(url, privateHostsOf(env));
  if (!judged.ok) return { off: `the url is refused: ${judged.error}` };
  if (target.kind === "push") return await openPush(env, caller, url, outcome.texts, vapid);
  const { format } = target;
  return { url, sink: webhook({ url, format, ...(secret === undefined ? {} : { secret }) }) };
}

async function openPush(
  env: Bindings,
  caller: CallContext,
  endpoint: string,
  { p256dh = "", auth = "" }: Readonly<Record<string, string>>,
  stored: StoredVapid | undefined,
): Promise<OpenTarget> {
  const vapid = await openVapid(env, caller, stored);
  if (vapid === undefined) return { off: "UPSTREAM_KEY has no key that decrypts its key: put the key back" };
  const keys = readPushKeys({ p256dh, auth });
  if (keys === undefined) return { off: "its keys are no keys of a subscription" };
  return { url: endpoint, sink: pushService({ endpoint, keys }, vapid) };
}

const CLOSED = {
  "no-key": "UPSTREAM_KEY has no key that decrypts its URL: put the key back",
  damaged: "its URL can't be decrypted: put the alert again",
};

/** One attempt for each delivery of an alert. */
export async function sendAlerts(
  env: Bindings,
  caller: CallContext,
  alert: StoredAlert,
  deliveries: readonly AlertDelivery[],
  transport: Transport,
  vapid?: StoredVapid,
): Promise<AlertOutcome[]> {
  const target = await openTarget(env, caller, alert, vapid);
  return await Promise.all(
    deliveries.map(async (delivery) => {
      const { failures } = delivery;
      const now = Date.now();
      if (target.off !== undefined)
        return failed({ at: now, millis: 0, outcome: "retry", reason: target.off }, failures);
      const destination = destinationOf(caller.tenant, `alert ${alert.name}`, target.url);
      const reopensAt = destination.reopensAt(now, Math.random());
      if (reopensAt !== undefined)
        return { next: { ...failures, failingSince: failures.failingSince || now, dueAt: Math.ceil(reopensAt) } };
      const message = { id: delivery.id, rule: alert.name, page: alert.page, alert: delivery.alert };
      const { attempt, afterMillis } = await destination.use(async () => await attemptAt(target, message, transport));
      if (attempt.outcome === "accepted") {
        destination.succeeded();
        return { attempt };
      }
      // What was not sent says nothing about the destination.
      if (attempt.outcome === "retry" || attempt.status !== undefined) destination.failed(Date.now());
      if (attempt.outcome !== "refused") return failed(attempt, failures, afterMillis);
      const isGone = alert.target.kind === "push" && GONE.has(attempt.status ?? 0);
      return { attempt, ...(isGone ? { isGone } : {}) };
    }),
  );
}

function failed(attempt: AlertTry, failures: AlertDelivery["failures"], afterMillis?: number): AlertOutcome {
  const next = nextTry(failures, Date.now(), afterMillis);
  if (next !== "given up") return { attempt, next: { ...next, dueAt: Math.ceil(next.dueAt) } };
  return { attempt: { ...attempt, outcome: "refused", reason: `no success for 24 h: ${attempt.reason ?? ""}` } };
}

type Attempt = { readonly attempt: AlertTry; readonly afterMillis?: number };

/** One request. */
export async function attemptAt(
  { sink }: Extract<OpenTarget, { readonly url: string }>,
  message: AlertMessage,
  transport: Transport,
): Promise<Attempt> {
  const { at, millis, outcome, answer } = await attemptDelivery(sink, message, transport, TIMEOUT_MILLIS);
  const attempt = {
    at,
    millis,
    outcome: outcome.outcome === "split" ? "refused" : outcome.outcome,
    ...(answer === undefined ? {} : { status: answer.status }),
    ...(outcome.outcome === "accepted" ? {} : { reason: outcome.reason }),
  } as const;
  if (outcome.outcome !== "retry" || outcome.afterMillis === undefined) return { attempt };
  return { attempt, afterMillis: outcome.afterMillis };
}
