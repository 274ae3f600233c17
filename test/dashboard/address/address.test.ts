import { describe, expect, test } from "vitest";
import { readAddress, writeAddress } from "../../../src/dashboard/address/address.ts";
import { type ListView, WHOLE_LIST } from "../../../src/dashboard/address/list-view.ts";

const read = (url: string): string => {
  const { pathname, search } = new URL(url, "http://localhost");
  return JSON.stringify(readAddress(pathname, search));
};

const list = (view: Partial<ListView>): string => JSON.stringify({ page: "list", view: { ...WHOLE_LIST, ...view } });

describe("the URL contains the state of the page", () => {
  test.each([
    ["/", '{"page":"overview"}'],
    ["/otel", '{"page":"overview"}'],
    ["/sessions", list({})],
    ["/sessions?kind=all&q=planner%20gpt", list({ kind: "all", search: "planner gpt" })],
    ["/sessions?kind=nonsense", list({})],
    ["/sessions/a%2Fb%20c?span=t:s", '{"page":"session","id":"a/b c","span":"t:s"}'],
    ["/sessions/%E0%A4%A", '{"page":"unknown","path":"/sessions/%E0%A4%A"}'],
    [
      "/sessions/a?replay=true&speed=10&span=t:s",
      '{"page":"session","id":"a","span":"t:s","replay":{"speed":10,"by":"event","idle":"2s","from":""}}',
    ],
    ["/else", '{"page":"unknown","path":"/else"}'],
  ])("%s", (url, address) => {
    expect(read(url)).toBe(address);
  });

  test("a written address is read back, for any id", () => {
    for (const id of ["plain", "a/b?c#d&e", "~", "日本", "100%"]) {
      const url = writeAddress({ page: "session", id, span: "t:s:1" });
      expect(read(url)).toBe(JSON.stringify({ page: "session", id, span: "t:s:1" }));
      const replay = { speed: 0.5, by: "arrival", idle: "10s", from: "90s" } as const;
      const replayed = writeAddress({ page: "session", id, span: "t:s:1", replay });
      expect(read(replayed)).toBe(JSON.stringify({ page: "session", id, span: "t:s:1", replay }));
    }
  });

  test("a valid range is kept, and an invalid one is ignored", () => {
    const here = readAddress("/sessions/s", "?range=5-9");
    expect(writeAddress(here)).toBe("/sessions/s?range=5-9");
    for (const nonsense of ["9-5", "5-5", "-5-9", "a-b", "5", `1-${"9".repeat(20)}`]) {
      expect(readAddress("/sessions/s", `?range=${nonsense}`)).toEqual({ page: "session", id: "s", span: undefined });
    }
  });

  test("what the panel shows is kept, and an unknown word is the default", () => {
    expect(writeAddress(readAddress("/sessions/s", "?span=t:s&show=raw"))).toBe("/sessions/s?show=raw&span=t:s");
    expect(readAddress("/sessions/s", "?show=all")).toEqual({ page: "session", id: "s", span: undefined });
  });

  test("the default list needs no parameters", () => {
    expect(writeAddress({ page: "list", view: WHOLE_LIST })).toBe("/sessions");
  });
});
