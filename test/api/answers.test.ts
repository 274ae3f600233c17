import { describe, expect, test } from "vitest";
import { checkAnswer } from "./answers.ts";

const JSON_TYPE = "application/json";
const PROBLEM = JSON.stringify({ type: "about:blank", status: 404, title: "Not Found", detail: "x does not exist." });

describe("the check of answers", () => {
  const check =
    (text: string, type: string = JSON_TYPE, path: string = "/traces") =>
    () =>
      checkAnswer("GET", path, type === JSON_TYPE ? 200 : 404, type, text);

  test("accepts an answer that its schema describes", () => {
    expect(check('{"items":[],"total":0,"hasMore":false}')).not.toThrow();
    expect(check(PROBLEM, "application/problem+json", "/nowhere")).not.toThrow();
  });

  test("refuses a field that no schema describes", () => {
    expect(check('{"items":[{"traceId":"a","spans":[],"extra":1}],"total":1,"hasMore":false}')).toThrow(
      "GET /traces answered 200 with items.0.extra, which openapi.json does not describe",
    );
  });

  test("refuses a field of another type, and a missing one", () => {
    expect(check('{"items":[],"total":"0","hasMore":false}')).toThrow("total: Invalid type");
    expect(check('{"items":[],"total":0}')).toThrow("hasMore: Invalid key");
  });

  test("refuses an answer of a route that openapi.json does not describe", () => {
    expect(check("{}", JSON_TYPE, "/unknown")).toThrow("which openapi.json does not describe");
  });
});
