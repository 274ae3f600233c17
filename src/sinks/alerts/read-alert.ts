import { nonEmpty } from "../../lib/plain-data.ts";
import type { PlainRecord } from "../../lib/plain-data.ts";
import { ALERT_CHOICES, ALERT_STATUSES } from "../../session/contract/alerts.ts";
import type { AlertFormat, AlertRule, AlertStatus } from "../../session/contract/alerts.ts";
import { judgeUrl } from "../http/judge-url.ts";
import type { PrivateHosts } from "../http/judge-url.ts";
import { choiceIn, Fault, numberIn, readingOf, recordOf } from "../read-body.ts";
import type { Reading } from "../read-body.ts";
import { isSecret } from "./webhook.ts";

/** `filter`: the text of a list's query. `url`, `secret`: absent if they are not given. */
export type GivenAlert = {
  readonly rule: Omit<AlertRule, "filter" | "ids">;
  readonly filter?: string;
  readonly sessions?: readonly string[];
  readonly format: AlertFormat;
  readonly url?: string;
  readonly secret?: string;
};

/** The error names no part of a URL or secret. */
export type AlertReading = Reading<{ readonly given: GivenAlert }>;

const FIELDS: ReadonlySet<string> = new Set([
  "on",
  "cost",
  "duration",
  "filter",
  "sessions",
  "url",
  "secret",
  "format",
  "question",
  "coolDown",
]);

/** Single sessions of one alert. */
const MOST_SESSIONS = 100;
const LONGEST_FILTER = 4_096;
const DAY_SECONDS = 86_400;
/** Seconds. A session that asks twice within it sends one alert, until it is over. */
const DEFAULT_COOL_DOWN = 60;

/** The body of `PUT /admin/alerts/:name`. */
export function readAlert(given: unknown, privateHosts: PrivateHosts): AlertReading {
  return readingOf(() => {
    const body = recordOf(given, FIELDS, "an alert");
    return { given: { ...readRule(body), ...readTarget(body, privateHosts) } };
  });
}

/** When to notify, and of which sessions. */
export function readRule(body: PlainRecord): Pick<GivenAlert, "rule" | "filter" | "sessions"> {
  const on = statusesIn(body["on"]);
  const cost = numberIn(body, "cost", 0.001, 1e9);
  const duration = numberIn(body, "duration", 1, 365 * DAY_SECONDS);
  if (on.length === 0 && cost === undefined && duration === undefined)
    throw new Fault("on, cost or duration must say when to notify");
  const { filter, sessions } = body;
  if (filter !== undefined && (typeof filter !== "string" || filter.length > LONGEST_FILTER))
    throw new Fault(`filter must be the query of a list, of at most ${LONGEST_FILTER} characters`);
  if (sessions !== undefined && !isTexts(sessions))
    throw new Fault(`sessions must be at most ${MOST_SESSIONS} session names`);
  return {
    rule: {
      on,
      ...(cost === undefined ? {} : { cost }),
      ...(duration === undefined ? {} : { duration: duration * 1_000 }),
      question: choiceIn(body, "question", ALERT_CHOICES.question) ?? ALERT_CHOICES.question[0],
      coolDown: (numberIn(body, "coolDown", 0, DAY_SECONDS) ?? DEFAULT_COOL_DOWN) * 1_000,
    },
    ...(filter === undefined ? {} : { filter }),
    ...(sessions === undefined ? {} : { sessions }),
  };
}

function readTarget(body: PlainRecord, privateHosts: PrivateHosts): Pick<GivenAlert, "format" | "url" | "secret"> {
  const { secret } = body;
  const url = nonEmpty(body["url"]);
  if (url === undefined && body["url"] !== undefined) throw new Fault("url must be the URL of a webhook");
  if (secret !== undefined && !(typeof secret === "string" && isSecret(secret)))
    throw new Fault("secret must be whsec_ and the base64 of 24 to 64 bytes");
  const judged = url === undefined ? undefined : judgeUrl(url.trim(), privateHosts);
  if (judged?.ok === false) throw new Fault(`the url is refused: ${judged.error}`);
  return {
    format: choiceIn(body, "format", ALERT_CHOICES.format) ?? ALERT_CHOICES.format[0],
    ...(judged === undefined ? {} : { url: judged.url.href }),
    ...(secret === undefined ? {} : { secret }),
  };
}

function statusesIn(given: unknown): AlertStatus[] {
  const names = given === undefined ? [] : given;
  const isKnown = (name: unknown): boolean => ALERT_STATUSES.some((status) => status === name);
  if (!Array.isArray(names) || !names.every(isKnown))
    throw new Fault(`on must be an array of ${ALERT_STATUSES.join(", ")}`);
  return ALERT_STATUSES.filter((status) => names.includes(status));
}

function isTexts(given: unknown): given is string[] {
  return Array.isArray(given) && given.length <= MOST_SESSIONS && given.every((text) => nonEmpty(text) !== undefined);
}
