import { afterEach, expect, test, vi } from "vitest";
import { log } from "../../src/lib/log.ts";

afterEach(() => void vi.restoreAllMocks());

test("log writes one JSON line with the event first, at the level's console method", () => {
  const lines: string[] = [];
  for (const level of ["error", "warn", "info"] as const)
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(`${level} ${String(line)}`));
  log("job-failed", { level: "warn", kind: "expire", error: new Error("two\nlines") });
  log("request-failed", { level: "error", path: "/sessions" });
  log("started");
  expect(lines).toEqual([
    String.raw`warn {"event":"job-failed","level":"warn","kind":"expire","error":"Error: two\nlines"}`,
    'error {"event":"request-failed","level":"error","path":"/sessions"}',
    'info {"event":"started","level":"info"}',
  ]);
});
