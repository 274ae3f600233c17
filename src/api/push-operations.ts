/** Routes of Web Push. */
import type { Operations } from "./operation.ts";
import { json, problem, REFUSALS } from "./operation.ts";
import { PushSchema, PushSubscriptionBodySchema, PushSubscriptionSchema } from "./push-schema.ts";

export const pushOperations: Operations = {
  "/push": {
    get: {
      summary: "The key with which browsers subscribe to Web Push.",
      answers: { 200: json("VAPID's public key.", PushSchema), ...REFUSALS },
    },
  },
  "/push/subscriptions": {
    put: {
      summary: "Notify a browser of sessions while no page is open. Its endpoint names the subscription.",
      body: { "application/json": PushSubscriptionBodySchema },
      answers: {
        200: json("The subscription's id.", PushSubscriptionSchema),
        400: problem("Invalid field, refused endpoint, or no UPSTREAM_KEY; `detail` gives the reason."),
        ...REFUSALS,
      },
    },
  },
  "/push/subscriptions/{id}": {
    path: { id: "The subscription's id." },
    delete: {
      summary: "Remove a subscription.",
      answers: { 204: { description: "Removed." }, 404: problem("Not found."), ...REFUSALS },
    },
  },
};
