import { expect, test } from "vitest";
import { ago } from "../../../src/dashboard/ui/ago.ts";
import { exactly, timeOfDay, toMillis } from "../../../src/dashboard/ui/moments.ts";

const NOW = Date.UTC(2026, 10, 21, 14, 3, 7);

test("an age has larger units with distance, and becomes a date after a day", () => {
  const texts = [0, 7, 42, 180, 7_200, 90_000, 400 * 86_400].map((seconds) =>
    ago(NOW - seconds * 1000, NOW, "en", "UTC"),
  );
  expect(texts.map((text) => text.replaceAll("\u202f", " "))).toEqual([
    "now",
    "7s ago",
    "40s ago",
    "3m ago",
    "2h ago",
    "Nov 20, 1:03 PM",
    "Oct 17, 2025",
  ]);
});

test("a time ahead of the clock is never shown as the future", () => {
  expect(ago(NOW + 5_000, NOW, "en", "UTC")).toBe("now");
});

test("an exact time has milliseconds", () => {
  expect(exactly(toMillis("1795269787123456789"), "en-GB", "UTC")).toBe("21 Nov 2026, 14:03:07.123");
});

test("each locale and time zone has its own format", () => {
  const shown = [
    ["en", "UTC"],
    ["en", "Asia/Tokyo"],
    ["de", "UTC"],
    ["en", "UTC"],
  ].map(([locale, zone]) => timeOfDay(NOW, locale, zone).replaceAll("\u202f", " "));
  expect(shown).toEqual(["2:03:07 PM", "11:03:07 PM", "14:03:07", "2:03:07 PM"]);
});
