import { describe, expect, test } from "vitest";
import { DEFAULT_RETENTION, readRetention, retentionSlack } from "../../src/session/contract/retention.ts";

const DAY = 86_400_000;
const ruled = (settings: Parameters<typeof readRetention>[0]) => {
  const read = readRetention(settings);
  return read.ok ? read.rule : read.error;
};

describe("retention", () => {
  // spec: RET-1
  test("is a month, a gigabyte per session and ten in total by default", () => {
    expect(ruled({})).toEqual({ maxAge: 30 * DAY, sessionBytes: 1e9, tenantBytes: 1e10 });
    expect(ruled({ RETENTION_DAYS: " ", MAX_TENANT_BYTES: "" })).toEqual(DEFAULT_RETENTION);
  });

  test.each([
    ["RETENTION_DAYS", "0.5", { maxAge: DAY / 2 }],
    ["RETENTION_DAYS", "36500", { maxAge: 36_500 * DAY }],
    ["MAX_SESSION_BYTES", "500MB", { sessionBytes: 500e6 }],
    ["MAX_SESSION_BYTES", "5 GB", { sessionBytes: 5e9 }],
    ["MAX_TENANT_BYTES", "123456", { tenantBytes: 123_456 }],
  ])("%s=%s", (name, value, expected) => {
    expect(ruled({ [name]: value })).toEqual({ ...DEFAULT_RETENTION, ...expected });
  });

  // spec: RET-2
  test.each(["0", "forever", "Forever"])("for ever, where RETENTION_DAYS=%s", (RETENTION_DAYS) => {
    expect(ruled({ RETENTION_DAYS })).not.toHaveProperty("maxAge");
  });

  test.each(["0", "unlimited"])("without a total limit, where MAX_TENANT_BYTES=%s", (MAX_TENANT_BYTES) => {
    expect(ruled({ MAX_TENANT_BYTES })).not.toHaveProperty("tenantBytes");
  });

  // spec: RET-3
  test.each([
    ["RETENTION_DAYS", "36501"],
    ["RETENTION_DAYS", "-1"],
    ["RETENTION_DAYS", "a month"],
    ["MAX_SESSION_BYTES", "5.1GB"],
    ["MAX_SESSION_BYTES", "0"],
    ["MAX_TENANT_BYTES", "ten"],
  ])("is not %s=%s", (name, value) => {
    expect(ruled({ [name]: value })).toMatch(new RegExp(`^${name} must be a number`));
  });

  // spec: RET-6
  test("may go a day late, and of short times a thirtieth", () => {
    expect([retentionSlack(30 * DAY), retentionSlack(90 * DAY), retentionSlack(DAY)]).toEqual([DAY, DAY, DAY / 30]);
  });
});
