import { createHash } from "node:crypto";
import type { Sink } from "../../sink.ts";
import { headOf, stepPath } from "../bodies.ts";
import type { AlertMessage } from "../bodies.ts";
import { post } from "../post.ts";
import { encryptPush, MAX_PLAINTEXT } from "./encrypt.ts";
import type { PushKeys } from "./encrypt.ts";
import { vapidHeader } from "./vapid.ts";
import type { Vapid } from "./vapid.ts";

export type Subscription = { readonly endpoint: string; readonly keys: PushKeys };

/** Seconds for which a service keeps a message for a browser that is off: a question of yesterday is seen on the page. */
const TTL_SECONDS = 86_400;

/** A push service (RFC 8030). Messages of one session replace each other, also where they wait for the browser. */
export function pushService({ endpoint, keys }: Subscription, vapid: Vapid): Sink<AlertMessage> {
  return {
    async deliver(message, transport, signal) {
      const now = Date.now();
      const contact = message.page.startsWith("https:") ? message.page : "mailto:spanfold@example.com";
      const request = {
        url: endpoint,
        headers: {
          authorization: await vapidHeader(vapid, endpoint, contact, now),
          "content-encoding": "aes128gcm",
          "content-type": "application/octet-stream",
          ttl: String(TTL_SECONDS),
          topic: createHash("sha256").update(message.alert.session).digest("base64url").slice(0, 32),
          urgency: message.alert.event === "over" ? "normal" : "high",
        },
        body: await encryptPush(keys, new TextEncoder().encode(textOf(message)).subarray(0, MAX_PLAINTEXT)),
      };
      return await post(request, transport, signal);
    },
  };
}

/** What public/push-worker.js reads: a notification, or without a title that the one with this tag is over. */
function textOf(message: AlertMessage): string {
  const { event, session: tag, title, question = "" } = message.alert;
  if (event === "over") return JSON.stringify({ tag });
  return JSON.stringify({ tag, title: `${headOf(message.alert)}: ${title}`, body: question, url: stepPath(message) });
}
