import { expect, test } from "vitest";

import { readRecord } from "../../src/logs/read-record.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const RECORDS: readonly (readonly [string, LogRecord, string])[] = [
  [
    "a coding agent's prompt, by its body",
    { body: { stringValue: "claude_code.user_prompt" }, attributes: [attribute("prompt", "Rain?")] },
    "agent other",
  ],
  [
    "an Ark event, by its name and its query",
    { eventName: "ark.ToolCallStart", attributes: [attribute("ark.query.id", "q1")] },
    "ark other",
  ],
  ["a name of Ark's without a query", { eventName: "ark.ToolCallStart" }, "other other"],
  ["a message of the GenAI convention", { eventName: "gen_ai.user.message" }, "other message"],
  [
    "the details of a model call",
    { attributes: [attribute("event.name", "gen_ai.client.inference.operation.details")] },
    "other details",
  ],
  ["an exception, by its attributes", { attributes: [attribute("exception.type", "KeyError")] }, "other exception"],
  ["a mention of an error", { attributes: [attribute("error.type", "timeout")] }, "other other"],
  ["an ordinary line", { body: { stringValue: "Listening on port 80" } }, "other other"],
];

test.each(RECORDS)("%s", (_, record, expected) => {
  const { source, content } = readRecord(record);
  expect(`${source.is} ${content.is}`).toBe(expected);
});
