import type * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ImportedSchema, ProblemSchema } from "../../src/api/problem-schema.ts";
import { QueryRequestSchema, ResumedRequestSchema } from "../../src/api/rerun-schema.ts";
import { RetentionSchema, SessionListSchema } from "../../src/api/session-schema.ts";
import { ListStreamEventSchema, SessionStreamEventSchema } from "../../src/api/stream-schema.ts";
import { decodeListEvent, decodeSessionEvent } from "../../src/client/decode-event.ts";
import { readRetention } from "../../src/dashboard/frame/retention.ts";
import { readRequest, readResume } from "../../src/dashboard/session/rerun/request-answer.ts";
import { readImportAnswer } from "../../src/client/import-answer.ts";
import { readListPage } from "../../src/session/list/list-page.ts";
import { sampleOf } from "./sample.ts";

type Message = { readonly event: string; readonly data: object };

// The page has no room for valibot: its readers are written by hand, and must take what the schemas describe.
describe.each(["all", "required"] as const)("the page's readers take an answer with %s fields:", (fields) => {
  test("a page of the list", () => {
    const page = sampleOf(SessionListSchema, fields);
    expect(readListPage(page)).toEqual(page);
  });

  test("the retention", () => {
    const retention = sampleOf(RetentionSchema, fields);
    expect(readRetention(retention)).toEqual(retention);
  });

  test("an import, and the part of one before a fault", () => {
    const imported = sampleOf(ImportedSchema, fields);
    const { spans, logRecords, sessions } = imported;
    const rejected = fields === "all" ? { count: 2, reason: "1" } : undefined;
    const read = { spans, logRecords, sessions, rejected };
    const answer = { status: 200, type: "application/json", retryAfter: null, text: JSON.stringify(imported) };
    expect(readImportAnswer(answer)).toEqual({ outcome: "imported", ...read });
    const problem = { ...sampleOf(ProblemSchema, fields), imported };
    const refused = {
      ...answer,
      status: problem.status,
      type: "application/problem+json",
      text: JSON.stringify(problem),
    };
    expect(readImportAnswer(refused)).toEqual({ outcome: "refused", why: problem.detail, imported: read });
  });

  test.each([
    ["a session", SessionStreamEventSchema, decodeSessionEvent],
    ["the list", ListStreamEventSchema, decodeListEvent],
  ])("each event of the stream of %s", (_, { options }, decode) => {
    for (const schema of options) {
      const { event, data } = sampleOf<v.GenericSchema<Message>>(schema, fields);
      expect(decode(event, JSON.stringify(data))).toEqual({ type: event, ...data });
    }
  });

  test("the data to run a query again, or to resume it", async () => {
    const request = sampleOf(QueryRequestSchema, fields);
    expect(await readRequest(Response.json(request))).toEqual(request);
    const resumed = sampleOf(ResumedRequestSchema, fields);
    expect(await readResume(Response.json(resumed))).toEqual(resumed);
  });
});
