import { expect, test } from "vitest";
import {
  expiresAt,
  retentionWords,
  readRetention,
  storageWarning,
  storageWords,
  expiryWords,
} from "../../../src/dashboard/frame/retention.ts";

const DAY = 86_400;
const NOW = Date.parse("2026-12-10T12:00:00Z");
const nanos = (time: string): string => String(BigInt(Date.parse(time)) * 1_000_000n);
const plain = (text: string): string => text.replaceAll("\u00a0", " ");
const retained = (maxAge: number | undefined, oldest?: string): string =>
  retentionWords(
    { ...(maxAge === undefined ? {} : { maxAge }), ...(oldest === undefined ? {} : { oldest: nanos(oldest) }) },
    NOW,
    "en-GB",
    "UTC",
  );

test("the note shows the retention period and the age of the oldest session", () => {
  expect(plain(retained(30 * DAY, "2026-11-12T08:00:00Z"))).toBe("Kept 30 days, oldest 12 Nov");
  expect(plain(retained(DAY))).toBe("Kept 1 day");
  expect(plain(retained(7200, "2026-12-10T11:18:00Z"))).toBe("Kept 2 hours, oldest 42 min ago");
  expect(plain(retained(36 * 3600))).toBe("Kept 36 hours");
  expect(plain(retained(100))).toBe("Kept 100 seconds");
  expect(retained(undefined, "2026-11-12T08:00:00Z")).toBe("Kept until deleted");
  expect(plain(retained(4000 * DAY, "2020-01-01T00:00:00Z"))).toBe("Kept 4,000 days, oldest 1 Jan 2020");
});

test("a session that expires soon shows when", () => {
  const soon = (maxAge: number, oldest: string): string => plain(expiryWords({ maxAge, oldest: nanos(oldest) }, NOW));
  expect(soon(30 * DAY, "2026-11-12T15:00:00Z")).toBe("Expires in 2 d 3 h");
  expect(soon(30 * DAY, "2026-11-20T12:00:00Z")).toBe("");
  expect(soon(DAY, "2026-12-09T14:00:00Z")).toBe("Expires in 2 h 00 m");
  expect(soon(DAY, "2026-12-09T16:00:00Z")).toBe("");
  expect(soon(DAY, "2026-12-01T00:00:00Z")).toBe("Expires now");
  expect(expiryWords({ oldest: nanos("2026-11-12T15:00:00Z") }, NOW)).toBe("");
  expect(expiresAt({ maxAge: DAY, oldest: nanos("2026-12-09T14:00:00Z") })).toBe(Date.parse("2026-12-10T14:00:00Z"));
});

test("storage is shown if the server sends it, with a warning when it is nearly full", () => {
  const gigabyte = 1_000_000_000;
  expect(plain(storageWords({ bytes: 12_400_000, maxBytes: 10 * gigabyte }, "en"))).toBe("12.4 MB of 10.0 GB");
  expect(plain(storageWords({ bytes: 512 }, "en"))).toBe("512 B");
  expect(storageWords({})).toBe("");
  expect(storageWarning({ bytes: 7 * gigabyte, maxBytes: 10 * gigabyte })).toBe("");
  expect(storageWarning({ bytes: 8.25 * gigabyte, maxBytes: 10 * gigabyte })).toBe("82 % full");
  expect(plain(storageWarning({ bytes: 0, maxBytes: 1, deleted: { sessions: 3, at: "1" } }))).toBe(
    "3 sessions deleted, storage was full",
  );
});

test("invalid and missing fields are ignored", () => {
  expect([readRetention(undefined), readRetention("30d"), readRetention([])]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(readRetention({ maxAge: "30d", oldest: "yesterday", bytes: null, deleted: {} })).toEqual({});
  expect(readRetention({ maxAge: 60, oldest: "1", bytes: 2, maxBytes: 3, deleted: { sessions: 4, at: "5" } })).toEqual({
    maxAge: 60,
    oldest: "1",
    bytes: 2,
    maxBytes: 3,
    deleted: { sessions: 4, at: "5" },
  });
});
