import { expect, test } from "vitest";
import { readImportAnswer } from "../../src/client/import-answer.ts";

const answer = (status: number, body: unknown, type = "application/json", retryAfter: string | null = null) =>
  readImportAnswer({ status, type, retryAfter, text: typeof body === "string" ? body : JSON.stringify(body) });

test("an import has its sessions", () => {
  expect(answer(200, { spans: 12, logRecords: 3, sessions: ["a", "b"], traces: 2 })).toEqual({
    outcome: "imported",
    spans: 12,
    logRecords: 3,
    sessions: ["a", "b"],
    rejected: undefined,
  });
});

test("a rejected part has its reason", () => {
  const imported = answer(200, {
    spans: 1,
    sessions: ["a"],
    rejected: { spans: 2, logRecords: 1, reason: "too deep" },
  });
  expect(imported).toMatchObject({ outcome: "imported", logRecords: 0, rejected: { count: 3, reason: "too deep" } });
  expect(answer(200, { spans: 1, rejected: { spans: 0 } })).toMatchObject({ sessions: [], rejected: undefined });
});

test("an invalid file has the place of the fault, and the sessions of the part before it", () => {
  const detail = "a comma is missing, at line 7, byte 120.";
  const problem = (imported: unknown) =>
    answer(400, { title: "Bad Request", status: 400, detail, line: 7, imported }, "application/problem+json");
  expect(problem({ spans: 4, logRecords: 0, traces: 1, sessions: ["a"] })).toEqual({
    outcome: "refused",
    why: detail,
    imported: { spans: 4, logRecords: 0, sessions: ["a"], rejected: undefined },
  });
  expect(problem({ spans: 0, logRecords: 0, traces: 0 })).toEqual({
    outcome: "refused",
    why: detail,
    imported: undefined,
  });
});

test("a busy server allows a retry, a closed one does not", () => {
  const body = { title: "Service Unavailable", detail: "send the same file again" };
  expect(answer(503, body, "application/problem+json", "1")).toEqual({ outcome: "busy", why: body.detail });
  expect(answer(503, body, "application/problem+json")).toMatchObject({ outcome: "refused", why: body.detail });
});

test("another body is not an import", () => {
  const why = (status: number, body: unknown, type?: string) => {
    const outcome = answer(status, body, type);
    return outcome.outcome === "refused" ? outcome.why : outcome.outcome;
  };
  expect(why(200, "<h1>Log in</h1>", "text/html")).toBe("the server answered something else");
  expect(why(200, "{")).toBe("the server answered something else");
  expect(why(502, "<h1>Bad gateway</h1>", "text/html")).toBe("the server answered 502");
  expect(why(403, { title: "Forbidden", detail: "This token may read only." })).toBe("This token may read only.");
});
