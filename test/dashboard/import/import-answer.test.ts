import { expect, test } from "vitest";
import { mediaOf, readImportAnswer } from "../../../src/dashboard/import/import-answer.ts";

const answer = (status: number, body: unknown, type = "application/json") =>
  readImportAnswer({ status, type, text: typeof body === "string" ? body : JSON.stringify(body) });

test("what was taken is told with its sessions", () => {
  expect(answer(200, { spans: 12, logRecords: 3, sessions: ["a", "b"], traces: 2 })).toEqual({
    outcome: "taken",
    spans: 12,
    logRecords: 3,
    sessions: ["a", "b"],
    traces: 2,
    rejected: undefined,
  });
});

test("what was refused of it is told with the reason", () => {
  const taken = answer(200, { spans: 1, sessions: ["a"], rejected: { spans: 2, logRecords: 1, reason: "too deep" } });
  expect(taken).toMatchObject({ outcome: "taken", logRecords: 0, rejected: { count: 3, reason: "too deep" } });
  expect(answer(200, { spans: 1, rejected: { spans: 0 } })).toMatchObject({ sessions: [], rejected: undefined });
});

test("an error is told with its line", () => {
  const detail = "the line is no JSON";
  expect(answer(400, { title: "Bad Request", status: 400, detail, line: 7 }, "application/problem+json")).toEqual({
    outcome: "refused",
    why: detail,
    line: 7,
  });
});

test("an answer of something else is no import", () => {
  const why = (status: number, body: unknown, type?: string) => {
    const outcome = answer(status, body, type);
    return outcome.outcome === "refused" ? outcome.why : outcome.outcome;
  };
  expect(why(200, "<h1>Log in</h1>", "text/html")).toBe("the server answered something else");
  expect(why(200, "{")).toBe("the server answered something else");
  expect(why(404, "", "text/plain")).toBe("this server takes no files");
  expect(why(502, "<h1>Bad gateway</h1>", "text/html")).toBe("the server answered 502");
  expect(why(403, { title: "Forbidden", detail: "This token may read only." })).toBe("This token may read only.");
});

test("a file's name says how it is sent", () => {
  expect(["a.json", "a.jsonl", "A.NDJSON.GZ", "a.json.gz", "trace"].map(mediaOf)).toEqual([
    { type: "application/json", encoding: undefined },
    { type: "application/x-ndjson", encoding: undefined },
    { type: "application/x-ndjson", encoding: "gzip" },
    { type: "application/json", encoding: "gzip" },
    { type: "application/json", encoding: undefined },
  ]);
});
