import { isRecord, nonEmpty } from "../../lib/plain-data.ts";
import type { PlainRecord } from "../../lib/plain-data.ts";
import { ALERT_STATUSES } from "../../session/contract/alerts.ts";
import type { AlertRule, AlertStatus } from "../../session/contract/alerts.ts";
import { judgeUrl } from "../http/judge-url.ts";
import type { PrivateHosts } from "../http/judge-url.ts";
import type { Format } from "./bodies.ts";
import { Fault } from "./fault.ts";
import { isSecret } from "./webhook.ts";

/** `filter`: the text of a list's query. `url`, `secret`: absent if they are not given. */
export type GivenAlert = {
  readonly rule: Omit<AlertRule, "filter" | "ids">;
  readonly filter?: string;
  readonly sessions?: readonly string[];
  readonly format: Format;
  readonly url?: string;
  readonly secret?: string;
};

export type AlertReading =
  | { readonly ok: true; readonly given: GivenAlert }
  /** English, one sentence without its full stop. It names no part of a URL or secret. */
  | { readonly ok: false; readonly error: string };

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
/** Seconds. A session that asks twice within it is told of once, until it is over. */
const DEFAULT_COOL_DOWN = 60;

/** The body of `PUT /admin/alerts/:name`. */
export function readAlert(body: unknown, privateHosts: PrivateHosts): AlertReading {
  try {
    if (!isRecord(body)) throw new Fault("the body must be a JSON object");
    const unknown = Object.keys(body).find((field) => !FIELDS.has(field));
    if (unknown !== undefined) throw new Fault(`${unknown} is no field of an alert`);
    return { ok: true, given: { ...readTelling(body), ...readTarget(body, privateHosts) } };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, error: error.message };
    throw error;
  }
}

/** What to tell, and of which sessions. */
export function readTelling(body: PlainRecord): Pick<GivenAlert, "rule" | "filter" | "sessions"> {
  const on = statusesIn(body["on"]);
  const cost = numberIn(body, "cost", 0.001, 1e9);
  const duration = numberIn(body, "duration", 1, 365 * DAY_SECONDS);
  if (on.length === 0 && cost === undefined && duration === undefined)
    throw new Fault("on, cost or duration must say what to tell");
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
      question: choiceIn(body, "question", ["omitted", "included"] as const),
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
    format: choiceIn(body, "format", ["standard", "slack", "teams"] as const),
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

function numberIn(body: PlainRecord, name: string, least: number, most: number): number | undefined {
  const given = body[name];
  if (given === undefined) return undefined;
  if (typeof given !== "number" || !(given >= least && given <= most))
    throw new Fault(`${name} must be a number from ${least} to ${most}`);
  return given;
}

/** The first choice is the default. */
function choiceIn<Choice extends string>(
  body: PlainRecord,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const given = body[name] ?? choices[0];
  const choice = choices.find((one) => one === given);
  if (choice === undefined) throw new Fault(`${name} must be ${choices.join(" or ")}`);
  return choice;
}
