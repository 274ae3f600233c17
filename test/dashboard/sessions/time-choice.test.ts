import { expect, test } from "vitest";
import { WHOLE_LIST } from "../../../src/dashboard/address/list-view.ts";
import { fromLocalInput, toLocalInput } from "../../../src/dashboard/sessions/toolbar/local-input.ts";
import { timeWords } from "../../../src/dashboard/sessions/toolbar/time-choice.ts";

test.each([
  ["", "", ""],
  ["1h", "", "Last hour"],
  ["45m", "", "Since 45m ago"],
  ["7d", "1h", "7d ago to 1h ago"],
  ["2026-11-21T09:30:00Z", "", "Since Nov 21, 2026, 9:30 AM"],
  ["", "2026-11-21", "Until Nov 21, 2026, 12:00 AM"],
  ["1763717400000000000", "", "Since Nov 21, 2025, 9:30 AM"],
  ["yesterday", "", "Since yesterday"],
])("since %j until %j: %j", (since, until, words) => {
  // Newer formatters put a narrow space before AM.
  expect(timeWords({ ...WHOLE_LIST, since, until }, "en-US", "UTC").replaceAll("\u202f", " ")).toBe(words);
});

test("a time is written into the date input and read back", () => {
  expect(fromLocalInput(toLocalInput("2026-11-21T09:30:00Z"))).toBe("2026-11-21T09:30:00Z");
  expect([toLocalInput("2h"), toLocalInput(""), fromLocalInput("")]).toEqual(["", "", ""]);
});
