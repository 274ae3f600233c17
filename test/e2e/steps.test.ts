import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const NOW = BigInt(Date.now()) * 1_000_000n;

/** A span of some seconds, 100 s ago. */
function span(id: string, parent: string, from: number, to: number, attributes: Readonly<Record<string, string>>) {
  const at = (second: number) => String(NOW - 100_000_000_000n + BigInt(second) * 1_000_000_000n);
  return {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: id.padStart(16, "0"),
    ...(parent === "" ? {} : { parentSpanId: parent.padStart(16, "0") }),
    name: attributes["gen_ai.tool.name"] ?? attributes["gen_ai.request.model"] ?? "support",
    startTimeUnixNano: at(from),
    endTimeUnixNano: at(to),
    attributes: Object.entries({ "session.id": "steps", ...attributes }).map(([key, stringValue]) => ({
      key,
      value: { stringValue },
    })),
  };
}

const model = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };
const tool = (name: string) => ({ "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name });

/** The first columns of the table, as they are read. */
const table = (page: Page): Promise<string[]> =>
  page
    .getByRole("table")
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) =>
        Array.from(row.children, (cell) =>
          (cell instanceof HTMLElement ? cell.innerText : "").replaceAll("\u00a0", " "),
        )
          .slice(0, 6)
          .join(" | "),
      ),
    );

test("the steps of a session: by tool, sorted by calls, in the URL; a click on a name filters", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const spans = [
    span("1", "", 0, 20, { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "support" }),
    span("2", "1", 0, 4, model),
    span("3", "1", 4, 6, tool("search")),
    span("4", "1", 6, 7, tool("search")),
    span("5", "1", 7, 15, tool("slow")),
  ];
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  await fetch(`${url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/steps?view=timeline`);
  await page.getByRole("treegrid").getByRole("row").first().waitFor();
  await page.keyboard.press("3");
  await expect.poll(() => table(page)).toEqual(["gpt-4o | 1 | – | 4.00 s | 4.00 s | 4.00 s"]);

  await page.getByRole("radio", { name: "Tools" }).check();
  const byTime = ["slow | 1 | – | 8.00 s | 8.00 s | 8.00 s", "search | 2 | – | 1.00 s | 2.00 s | 3.00 s"];
  await expect.poll(() => table(page)).toEqual(byTime);
  await picture("steps");
  await page.getByRole("button", { name: "Calls", exact: true }).click();
  await expect.poll(() => table(page)).toEqual(byTime.toReversed());
  expect(await page.getByRole("columnheader", { name: "Calls", exact: true }).getAttribute("aria-sort")).toBe(
    "descending",
  );
  await page.reload();
  await expect.poll(() => table(page)).toEqual(byTime.toReversed());

  await page.getByRole("button", { name: /search$/ }).click();
  await expect.poll(() => new URL(page.url()).search).toBe("?view=steps&q=search&kinds=tool&steps=tool,calls");
  await page.getByRole("button", { name: /search$/, pressed: true }).click();
  await expect.poll(() => new URL(page.url()).search).toBe("?view=steps&steps=tool,calls");
  expect(complaints).toEqual([]);
});
