import { describe, expect, test } from "vitest";
import { app } from "../../src/index.ts";
import { ALL_OPERATIONS, checkAnswer, checkedStream, checkEvent, describedPath } from "./answers.ts";

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

describe("the check of streams", () => {
  const check =
    (event: string | undefined, id: string | undefined, data: object, path = "/sessions/s") =>
    () =>
      checkEvent(path, { event, id, data: JSON.stringify(data) });

  test("accepts an event that its schema describes", () => {
    expect(check("moved", "1.2", { session: "s" })).not.toThrow();
    expect(check("moved", undefined, { session: "s" }, `/traces/${"a".repeat(32)}`)).not.toThrow();
    expect(check("reset", "1.0", {}, "/sessions")).not.toThrow();
    expect(check("connected", undefined, { resourceVersion: 1 }, "/ark/broker/sessions")).not.toThrow();
  });

  test("refuses an event of another type, with a field that no schema describes, or without its id", () => {
    expect(check("news", "1.2", {})).toThrow("GET /sessions/s sent the event news; event: Invalid type");
    expect(check("moved", "1.2", { session: "s", more: 1 })).toThrow("with data.more, which openapi.json");
    expect(check("moved", "2", { session: "s" })).toThrow("id: Invalid format");
    expect(check("gone", undefined, { traceId: "a".repeat(32) })).toThrow('id: Invalid key: Expected "id"');
    expect(check("bookmark", "1.2", { resourceVersion: "1.2", now: 1 })).toThrow("with id, which openapi.json");
    expect(check(undefined, "1", {}, "/ark/events")).toThrow("data.timestamp: Invalid key");
    expect(check("reset", "1.0", {}, "/health")).toThrow("is a stream, which openapi.json does not describe");
  });

  test("lets bytes pass unchanged, and fails at the first event that is not described", async () => {
    const text = `: a comment\n\nid: 1.1\nevent: reset\ndata: {}\n\nevent: reset\ndata: {"a":1}\n\n`;
    const pieces = Array.from(text, (character) => new TextEncoder().encode(character));
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
    });
    const reader = checkedStream("/sessions/s", source).getReader();
    let read = "";
    const readAll = async () => {
      for (;;) read += new TextDecoder().decode((await reader.read()).value);
    };
    await expect(readAll()).rejects.toThrow("GET /sessions/s sent the event reset with data.a");
    expect(read).toBe(text.slice(0, -1));
  });
});

/** Redirects, the files of the page, and a list that is at another path now. */
const UNDESCRIBED = new Set(["/", "/otel", "/build/*", "/favicon.svg", "/push-worker.js", "/traces"]);

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
