import { describe, expect, test } from "vitest";
import { bytes, count, counted, dollars, duration, shortCount, ticking, timeAgo } from "../../src/lib/figures.ts";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("durations", () => {
  test.each([
    [0n, "0 ns"],
    [999n, "999 ns"],
    [1_000n, "1 µs"],
    [999_999n, "999 µs"],
    [1_000_000n, "1.0 ms"],
    [9_990_000n, "9.9 ms"],
    [34_000_000n, "34 ms"],
    [999_999_999n, "999 ms"],
    [4_275_000_000n, "4.27 s"],
    [9_999_000_000n, "9.99 s"],
    [42_490_000_000n, "42.4 s"],
    [252_000_000_000n, "4 m 12 s"],
    [3_600_000_000_000n, "1 h 00 m"],
    [11_040_000_000_000n, "3 h 04 m"],
    [190_800_000_000_000n, "2 d 5 h"],
    [-34_000_000n, "−34 ms"],
  ])("%d ns reads %s: truncated, never rounded up", (nanos, text) => {
    expect(plain(duration(nanos, "en"))).toBe(text);
  });

  test("an extreme duration is readable", () => {
    expect(plain(duration(2n ** 64n, "en"))).toBe("213,503 d 23 h");
  });

  test("units never wrap away from their number", () => {
    expect(duration(252_000_000_000n, "en")).not.toContain(" ");
  });

  test("a ticking counter shows whole seconds, and none below zero", () => {
    expect([-5, 0, 999, 1000, 59_999, 252_000].map((millis) => plain(ticking(millis, "en")))).toEqual([
      "0 s",
      "0 s",
      "0 s",
      "1 s",
      "59 s",
      "4 m 12 s",
    ]);
  });
});

test("the time since then has one unit", () => {
  const millis = [-5, 999, 42_000, 59_999, 184_000, 3_599_000, 11_000_000, 86_399_000, 190_000_000, 9e12];
  expect(millis.map((each) => plain(timeAgo(each, "en")))).toEqual([
    "0 s ago",
    "0 s ago",
    "42 s ago",
    "59 s ago",
    "3 m ago",
    "59 m ago",
    "3 h ago",
    "23 h ago",
    "2 d ago",
    "104,166 d ago",
  ]);
});

describe("numbers in the reader's locale", () => {
  test("grouping and decimals follow the locale", () => {
    expect([count(12408, "en"), count(12408, "de")]).toEqual(["12,408", "12.408"]);
    expect(plain(duration(4_275_000_000n, "de"))).toBe("4,27 s");
  });

  test("a short count keeps its width", () => {
    expect([870, 9_999, 10_000, 12_345, 99_999, 999_499, 999_500, 12_300_000].map((n) => shortCount(n, "en"))).toEqual([
      "870",
      "9,999",
      "10.0k",
      "12.3k",
      "100k",
      "999k",
      "1.0M",
      "12.3M",
    ]);
  });

  test("one span, two spans", () => {
    expect([0, 1, 2].map((n) => plain(counted(n, "span", "spans", "en")))).toEqual(["0 spans", "1 span", "2 spans"]);
  });

  test("bytes and dollars", () => {
    expect([999, 8_192, 1_400_000, 999_960_000].map((n) => plain(bytes(n, "en")))).toEqual([
      "999 B",
      "8.2 kB",
      "1.4 MB",
      "1.0 GB",
    ]);
    expect([0, 0.00042, 0.0421, 12.4].map((n) => dollars(n, "en"))).toEqual(["$0.00", "$0.0004", "$0.042", "$12.40"]);
  });

  test.each([
    [1e-9, "<\u202f$0.0001"],
    [0.000_049, "<\u202f$0.0001"],
    [0.000_099, "<\u202f$0.0001"],
    [0.000_1, "$0.0001"],
  ])("a cost of %d dollars is never shown as zero", (value, text) => {
    expect(dollars(value, "en")).toBe(text);
  });

  test("the decimals of a bound follow the locale", () => {
    expect(dollars(1e-6, "de")).toBe("<\u202f$0,0001");
  });
});
