import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const NOW = BigInt(Date.now()) * 1_000_000n;

function span(id: number, name: string, result: string) {
  const at = (second: number) => String(NOW - 100_000_000_000n + BigInt(second) * 1_000_000_000n);
  return {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df4",
    spanId: id.toString(16).padStart(16, "0"),
    ...(id === 1 ? {} : { parentSpanId: "1".padStart(16, "0") }),
    name,
    startTimeUnixNano: at(id),
    endTimeUnixNano: at(id + 1),
    attributes: Object.entries({
      "session.id": "searched",
      "gen_ai.operation.name": id === 1 ? "invoke_agent" : "execute_tool",
      [id === 1 ? "gen_ai.agent.name" : "gen_ai.tool.name"]: name,
      "gen_ai.tool.call.result": result,
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
}

test("a search counts its hits, goes through them, is in the URL, and finds what the page has not loaded", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const spans = [
    span(1, "support", ""),
    span(2, "first", "the pool is exhausted"),
    span(3, "second", "fine"),
    span(4, "third", "the Pool again"),
    // Stored beside its chunk: the page has a preview only.
    span(5, "large", `${"word ".repeat(8_000)}and the needle at its end`),
  ];
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  await fetch(`${url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/searched?view=timeline`);
  const at = () => page.locator(".at-cursor .span-title").textContent();
  const count = () => page.getByRole("search").getByRole("status").textContent();
  await page.getByRole("treegrid").getByRole("row").first().waitFor();
  await page.getByRole("searchbox", { name: "Search in this session" }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("pool");
  await expect.poll(count).toBe("2");
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("pool");
  await page.keyboard.press("Enter");
  await expect.poll(at).toBe("first");
  await expect.poll(count).toBe("1 of 2");
  await picture("search");
  await page.getByRole("button", { name: "Next hit" }).click();
  await expect.poll(at).toBe("third");
  await page.keyboard.press("n");
  await expect.poll(at).toBe("first");
  await page.keyboard.press("N");
  await expect.poll(at).toBe("third");

  await page.keyboard.press("/");
  await page.keyboard.type("needle");
  // Before anything was searched.
  await page.keyboard.press("Enter");
  await expect.poll(at).toBe("large");
  await expect.poll(count).toBe("1 of 1");
  await page.keyboard.press("Escape");
  await expect.poll(() => new URL(page.url()).search).toBe("?view=timeline");
  expect(complaints).toEqual([]);
});
