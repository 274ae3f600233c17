import { describe, expect, test } from "vitest";
import { readAddress, writeAddress } from "../../../src/dashboard/address/address.ts";

/** The query of the URL that the page writes for a query. */
function rewritten(query: string): string {
  const written = writeAddress(readAddress("/sessions/s", query));
  return written.slice("/sessions/s".length);
}

describe("the URL of a session says how it is read", () => {
  test.each([
    // The reading.
    ["", ""],
    ["?view=transcript", "?view=transcript"],
    ["?view=timeline", "?view=timeline"],
    ["?view=steps&span=t:s:0", "?view=steps&span=t:s:0"],
    ["?view=graph", ""],
    ["?view=timeline&critical=true", "?view=timeline&critical=true"],
    ["?view=timeline&critical=1", "?view=timeline"],
    ["?view=steps&steps=model,total", "?view=steps"],
    ["?view=steps&steps=rising,cost,tool", "?view=steps&steps=tool,cost,rising"],
    ["?view=steps&steps=nonsense", "?view=steps"],
    ["?view=timeline&steps=tool", "?view=timeline"],
    // Earlier links to log records.
    ["?logs=any", "?view=logs"],
    ["?logs=warn", "?view=logs&logs=warn"],
    ["?logs=any.spanless&log=t:h", "?view=logs&logs=any.spanless&log=t:h"],
    ["?view=logs&logs=error", "?view=logs&logs=error"],
    ["?view=timeline&logs=error", "?view=timeline"],
    // Search, kinds, turn.
    ["?q=pool exhausted%26 50%25", "?q=pool+exhausted%26+50%25"],
    ["?q=", ""],
    ["?kinds=tool,llm,errors", "?kinds=llm,tool,errors"],
    ["?kinds=plumbing", "?kinds=plumbing"],
    ["?kinds=nonsense,,", ""],
    ["?kinds=", ""],
    ["?turn=ef01234567", "?turn=ef01234567"],
    ["?turn=", ""],
    // Closed rows.
    ["?closed=ef01234567,ef01234568", "?closed=ef01234567,ef01234568"],
    ["?closed=all", "?closed=all"],
    ["?closed=all,ef01234567", "?closed=all,ef01234567"],
    ["?closed=__proto__,<b>,", ""],
    ["?closed=all,all", "?closed=all"],
    // The panel.
    ["?panel=wide&span=t:s:0", "?panel=wide&span=t:s:0"],
    ["?panel=huge", ""],
  ])("%s", (query, expected) => {
    expect(rewritten(query)).toBe(expected);
  });

  test("no more closed rows are read than the page writes", () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => index.toString(16).padStart(10, "0"));
    expect(rewritten(`?closed=${ids.join(",")}`).split(",")).toHaveLength(151);
  });
});
