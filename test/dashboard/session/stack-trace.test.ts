import { expect, test } from "vitest";
import { traceOf } from "../../../src/dashboard/session/panel/exception-view.tsx";

const message = "canceling statement\ndue to timeout";

test.each([
  ["JavaScript", `TimeoutError: ${message}\n    at query (db.js:3:1)`, "    at query (db.js:3:1)"],
  ["Java", `java.sql.TimeoutError: ${message}\n\tat Db.query(Db.java:3)`, "\tat Db.query(Db.java:3)"],
  [
    "Python",
    `Traceback (most recent call last):\n  File "db.py", line 3, in query\ndb.TimeoutError: ${message}\n`,
    `Traceback (most recent call last):\n  File "db.py", line 3, in query`,
  ],
  ["only the message", `TimeoutError: ${message}`, undefined],
  ["another message", "TimeoutError: other\n    at query (db.js:3:1)", "TimeoutError: other\n    at query (db.js:3:1)"],
  [
    "a cause in the middle",
    `A: b\n  at c\nCaused by: ${message}\n  at d`,
    `A: b\n  at c\nCaused by: ${message}\n  at d`,
  ],
])("a stack trace does not repeat the message: %s", (_, stacktrace, shown) => {
  expect(traceOf({ type: "TimeoutError", message, stacktrace })).toBe(shown);
});

test("without a message the whole stack trace is shown", () => {
  expect(traceOf({ stacktrace: "Error: x\n  at y" })).toBe("Error: x\n  at y");
});
