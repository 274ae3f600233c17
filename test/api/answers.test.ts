import { describe, expect, test } from "vitest";
import { app } from "../../src/index.ts";
import { ALL_OPERATIONS, checkAnswer, describedPath } from "./answers.ts";

const JSON_TYPE = "application/json";
const PROBLEM = JSON.stringify({ type: "about:blank", status: 404, title: "Not Found", detail: "x does not exist." });

describe("the check of answers", () => {
  const check =
    (text: string, type: string = JSON_TYPE, path: string = "/ark/traces") =>
    () =>
      checkAnswer("GET", path, type === JSON_TYPE ? 200 : 404, type, text);

  test("accepts an answer that its schema describes", () => {
    expect(check('{"items":[],"total":0,"hasMore":false}')).not.toThrow();
    expect(check(PROBLEM, "application/problem+json", "/nowhere")).not.toThrow();
  });

  test("refuses a field that no schema describes", () => {
    expect(check('{"items":[{"traceId":"a","spans":[],"extra":1}],"total":1,"hasMore":false}')).toThrow(
      "GET /ark/traces answered 200 with items.0.extra, which openapi.json does not describe",
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

/** Redirects, the files of the page, and a list that is at another path now. */
const UNDESCRIBED = new Set(["/", "/otel", "/build/*", "/favicon.svg", "/traces"]);

test("openapi.json describes every registered route", () => {
  const missing = app.routes.flatMap(({ method, path }) => {
    if (!["GET", "POST", "DELETE"].includes(method) || UNDESCRIBED.has(path)) return [];
    const [exported] = /v1\/\w+/.exec(path) ?? [];
    const example = exported === undefined ? path.replaceAll(/:\w+(?:\{.*\})?/g, "x") : `/${exported}`;
    const route = ALL_OPERATIONS[describedPath(example) ?? ""];
    return route !== undefined && Object.hasOwn(route, method.toLowerCase()) ? [] : [`${method} ${path}`];
  });
  expect(missing).toEqual([]);
});
