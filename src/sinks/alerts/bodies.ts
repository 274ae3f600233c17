import { dollars, duration } from "../../lib/figures.ts";
import { nanosecondsIn } from "../../lib/nanoseconds.ts";
import type { Alert, AlertFormat } from "../../session/contract/alerts.ts";
import { STATE_WORDS } from "../../session/list/state-change.ts";

/** An alert as it is sent. `page`: the origin of the page. */
export type AlertMessage = {
  readonly id: string;
  readonly rule: string;
  readonly page: string;
  readonly alert: Alert;
};

/** The JSON text of a request. The same in each attempt. */
export function bodyOf(format: AlertFormat, message: AlertMessage): string {
  return JSON.stringify(BODIES[format](message));
}

const BODIES: Readonly<Record<AlertFormat, (message: AlertMessage) => object>> = {
  standard: factsOf,
  slack: slackOf,
  teams: teamsOf,
};

const timeText = (millis: number): string => new Date(millis).toISOString();

function factsOf(message: AlertMessage): object {
  const { event, session, title, status, at, since, question, cost, duration: millis } = message.alert;
  return {
    type: `session.${event}`,
    timestamp: timeText(at),
    data: {
      rule: message.rule,
      session,
      title,
      status,
      since: timeText(since),
      url: stepUrl(message),
      ...(question === undefined ? {} : { question }),
      ...(cost === undefined ? {} : { cost }),
      ...(millis === undefined ? {} : { duration: millis / 1_000 }),
    },
  };
}

/** An incoming webhook of Slack: `text` is mrkdwn, in which three characters are special. */
function slackOf(message: AlertMessage): object {
  const { title, question } = message.alert;
  const quoted = question === undefined ? "" : `\n>${slackText(question)}`;
  return { text: `${slackText(headOf(message.alert))}: <${stepUrl(message)}|${slackText(title)}>${quoted}` };
}

const SLACK_ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Slack reads no mention, link or channel in it. */
function slackText(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => SLACK_ENTITIES[character] ?? character);
}

/** A workflow of Teams that takes an Adaptive Card. Texts stand in text runs, which have no Markdown. */
function teamsOf(message: AlertMessage): object {
  const { title, question } = message.alert;
  const block = (runs: readonly object[]): object => ({ type: "RichTextBlock", inlines: runs });
  const run = (text: string, more: object = {}): object => ({ type: "TextRun", text, ...more });
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      block([run(`${headOf(message.alert)}: `, { weight: "Bolder" }), run(title)]),
      ...(question === undefined ? [] : [block([run(question, { italic: true })])]),
    ],
    actions: [{ type: "Action.OpenUrl", title: "Open", url: stepUrl(message) }],
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

/** "Needs you", "Cost $5.20". */
export function headOf({ event, cost = 0, duration: millis = 0 }: Alert): string {
  switch (event) {
    case "cost":
      return `Cost ${dollars(cost, "en")}`;
    case "duration":
      return `Runs for ${duration(nanosecondsIn(millis), "en")}`;
    case "over":
      return "Over";
    default:
      return STATE_WORDS[event];
  }
}

/** The page of the session, at the step. Characters that would end a link in a message are escaped. */
function stepUrl(message: AlertMessage): string {
  return message.page + stepPath(message);
}

/** Its path and query. */
export function stepPath({ alert: { session, status, span } }: AlertMessage): string {
  const path = `/sessions/${encodeURIComponent(session)}`;
  if (span !== undefined) return `${path}?span=${span}`;
  return status === "failed" ? `${path}?kinds=errors` : path;
}
