/** Routes of administrators: where traces go on to, who is notified, and repairs. */
import * as v from "valibot";
import { AlertBodySchema, AlertListSchema, AlertTestSchema, AlertWithDeliveriesSchema } from "./alert-schema.ts";
import type { Operation, Operations } from "./operation.ts";
import { described, json, problem, REFUSALS } from "./operation.ts";
import { DeliverAgainParameters, ParkedParameters } from "./parked-parameters.ts";
import { OwnFilesSchema } from "./rebuild-body.ts";
import { RebuiltSchema } from "./rebuilt-schema.ts";
import {
  DeliveredAgainSchema,
  ParkedSchema,
  UpstreamBodySchema,
  UpstreamListSchema,
  UpstreamSchema,
  UpstreamTestSchema,
} from "./upstream-schema.ts";

const ALERT = { name: "The alert's name." };
const UPSTREAM = { name: "The upstream's name." };
const RANGE = {
  from: "Only traces that were parked then or later.",
  until: "Only traces that were parked then or earlier.",
};
const PARKED = described(ParkedParameters, { ...RANGE, after: "`next` of the page before.", limit: "Default: 100." });
const AGAIN = described(DeliverAgainParameters, { ...RANGE, trace: "Only this trace." });
const MANIFEST = v.looseObject({ kind: v.picklist(["Secret", "ConfigMap"]) });
const OWN_FILES = v.pipe(
  OwnFilesSchema,
  v.description(
    "Files of objects that hold one log alone: `object`, the name without its ending, and `log`, the id of the log in it. Without a body, the objects of sessions that no shard knows are looked for.",
  ),
);
const PUT_MANIFEST: Operation = {
  summary: "Set the upstream of a namespace by a Kubernetes Secret or ConfigMap `otel-environment-variables`.",
  body: { "application/json": MANIFEST },
  answers: {
    200: json("The upstream `namespace.<namespace>`.", UpstreamSchema),
    400: problem("Not such a manifest, or its endpoint or headers are refused; `detail` gives the reason."),
    ...REFUSALS,
  },
};

export const adminOperations: Operations = {
  "/admin/upstreams": {
    get: {
      summary: "Where traces go on to.",
      answers: { 200: json("The upstreams, without the values of their headers.", UpstreamListSchema), ...REFUSALS },
    },
    post: PUT_MANIFEST,
    put: PUT_MANIFEST,
  },
  "/admin/upstreams/{name}": {
    path: UPSTREAM,
    get: {
      summary: "One upstream, and what deliveries to it came to.",
      answers: {
        200: json("Without the values of its headers.", UpstreamSchema),
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
    put: {
      summary: "Set an upstream. It is in force everywhere after 30 s at most.",
      body: { "application/json": v.union([UpstreamBodySchema, MANIFEST]) },
      answers: {
        200: json("The upstream.", UpstreamSchema),
        400: problem("Invalid field, refused endpoint, or headers without UPSTREAM_KEY; `detail` gives the reason."),
        ...REFUSALS,
      },
    },
    delete: {
      summary: "Remove an upstream, with its list of parked traces.",
      answers: {
        204: { description: "Removed." },
        400: problem("The upstream is one of the program's own variables."),
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
  },
  "/admin/upstreams/{name}/test": {
    path: UPSTREAM,
    post: {
      summary: "Send one span with the attribute `spanfold.test`, and show what comes back.",
      answers: {
        200: json("The outcome.", UpstreamTestSchema),
        400: problem("The upstream is off; `detail` gives the reason."),
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
  },
  "/admin/upstreams/{name}/parked": {
    path: UPSTREAM,
    get: {
      summary: "Traces that the upstream did not get whole, and why.",
      parameters: [PARKED],
      answers: {
        200: json("By trace id.", ParkedSchema),
        400: problem("Invalid parameter; `detail` names it."),
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
  },
  "/admin/upstreams/{name}/replay": {
    path: UPSTREAM,
    post: {
      summary: "Deliver parked traces again, each from the first delivery that the upstream lacks.",
      parameters: [AGAIN],
      answers: {
        200: json("How many.", DeliveredAgainSchema),
        400: problem("Invalid parameter; `detail` names it."),
        404: problem("There is no such upstream, or the trace is not parked."),
        ...REFUSALS,
      },
    },
  },
  "/admin/rebuild": {
    post: {
      summary:
        "Compare the list with what the shards hold: logs that had moved are found again, sessions report again, and those that no shard knows are damaged.",
      body: { "application/json": v.optional(OWN_FILES) },
      answers: {
        200: json("What was found. As lines: so far, and the last one has `complete`.", RebuiltSchema, {
          "application/x-ndjson": "text",
        }),
        400: problem("Not such a body."),
        ...REFUSALS,
      },
    },
  },
  "/admin/alerts": {
    get: {
      summary: "Who is notified when a session changes its state.",
      answers: { 200: json("The alerts, without URLs and secrets.", AlertListSchema), ...REFUSALS },
    },
  },
  "/admin/alerts/{name}": {
    path: ALERT,
    get: {
      summary: "One alert, with its last deliveries and each attempt.",
      answers: {
        200: json("Without its URL and secret.", AlertWithDeliveriesSchema),
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
    put: {
      summary: "Set an alert, of changes from now on.",
      body: { "application/json": AlertBodySchema },
      answers: {
        200: json("The alert.", AlertWithDeliveriesSchema),
        400: problem("Invalid field, refused URL, or no UPSTREAM_KEY; `detail` gives the reason."),
        ...REFUSALS,
      },
    },
    delete: {
      summary: "Remove an alert, with its deliveries.",
      answers: { 204: { description: "Removed." }, 404: problem("Not found."), ...REFUSALS },
    },
  },
  "/admin/alerts/{name}/test": {
    path: ALERT,
    post: {
      summary: "Send one alert of a session `test`, and show what comes back.",
      answers: {
        200: json("The outcome.", AlertTestSchema),
        400: problem("The alert is off; `detail` gives the reason."),
        404: problem("Not found."),
        ...REFUSALS,
      },
    },
  },
};
