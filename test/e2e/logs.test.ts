import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const TRACE = "5b8aa5a2d2c872e8321cf37308d69df2";
const SPAN = "00000000000000a1";

async function post(url: string, signal: "traces" | "logs", body: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/v1/${signal}`, { method: "POST", headers, body: JSON.stringify(body) });
  expect([response.status, await response.text()]).toEqual([200, "{}"]);
}

const texts = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));

test("log records are shown with their span and in the session's list, live and by keyboard", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const now = BigInt(Date.now()) * 1_000_000n;
  const at = (second: number) => String(now + BigInt(second * 1_000) * 1_000_000n);
  const span = {
    traceId: TRACE,
    spanId: SPAN,
    name: "execute_tool pay",
    startTimeUnixNano: at(0),
    endTimeUnixNano: at(2),
    attributes: texts({ "session.id": "shop", "gen_ai.operation.name": "execute_tool" }),
  };
  await post(url, "traces", { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const logs = (...logRecords: unknown[]) => post(url, "logs", { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const ofSpan = { traceId: TRACE, spanId: SPAN };
  await logs(
    { ...ofSpan, timeUnixNano: at(1), severityNumber: 5, body: { stringValue: "POST /pay 402" } },
    {
      ...ofSpan,
      timeUnixNano: at(1.5),
      severityNumber: 17,
      eventName: "exception",
      attributes: texts({
        "exception.type": "CardDeclined",
        "exception.message": "card was declined",
        "exception.stacktrace": "Traceback:\n  pay.py, line 3, in charge",
      }),
    },
    {
      timeUnixNano: at(1.7),
      severityNumber: 13,
      body: { stringValue: "<b>cart</b>" },
      attributes: texts({ "session.id": "shop" }),
    },
  );

  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/shop?view=timeline`);
  const spans = page.getByRole("treegrid").getByRole("row");
  await spans.filter({ hasText: "pay" }).click();
  const panel = page.getByRole("complementary");
  await panel.getByText("CardDeclined").first().waitFor();
  await panel.getByText("pay.py, line 3, in charge").first().waitFor();
  await panel.getByRole("tab", { name: "Logs 2" }).click();
  await panel.getByText("POST /pay 402").waitFor();
  await expect.poll(() => spans.first().getByRole("img", { name: "Error" }).count()).toBe(1);
  await picture("logs-of-a-span");

  await page.keyboard.press("Escape");
  await page.keyboard.press("4");
  const rows = page.getByRole("grid", { name: "Log records" }).getByRole("row");
  const lines = () => rows.locator(".log-content").allTextContents();
  await expect.poll(lines).toEqual(["POST /pay 402", "exceptionCardDeclined: card was declined", "<b>cart</b>"]);
  await logs({ ...ofSpan, timeUnixNano: at(1.8), severityNumber: 9, body: { stringValue: "refund queued" } });
  await expect.poll(lines).toContain("refund queued");

  await page.getByRole("link", { name: "Warnings and up" }).click();
  await expect.poll(() => rows.count()).toBe(2);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const record = page.getByRole("complementary", { name: "Log record" });
  await record.getByRole("button", { name: "execute_tool pay" }).waitFor();
  await picture("log-record");
  await expect.poll(() => new URL(page.url()).searchParams.get("logs")).toBe("warn");
  // The address shows the same to others.
  await page.reload();
  await panel.getByRole("button", { name: "execute_tool pay" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => panel.count()).toBe(0);
  await page.getByRole("link", { name: "Without a span" }).click();
  await expect.poll(lines).toEqual(["<b>cart</b>"]);
  await page.keyboard.press("2");
  await expect.poll(() => spans.count()).toBe(1);
  expect(complaints).toEqual([]);
});

test("a coding agent without traces has its prompt, its calls and their source", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const fixture = new URL("../fixtures/logs/claude-code-json-002.json", import.meta.url);
  const sent = readFileSync(fixture, "utf8").replaceAll(/"(traceId|spanId)":\s*"[0-9a-f]+"/g, '"$1":""');
  await post(url, "logs", JSON.parse(sent));
  const { page, complaints, picture } = await openPage({ colorScheme: "dark" });
  await page.goto(`${url}/sessions/76d20104-d2eb-40ea-976f-39957bf5ca1f?view=timeline`);
  const titles = () =>
    page
      .getByRole("treegrid")
      .locator(".span-title")
      .evaluateAll((found) => found.map((title) => `${title.getAttribute("title")}: ${title.textContent}`));
  await expect
    .poll(titles)
    .toEqual([
      "claude_code.interaction: claude-code",
      "claude_code.llm_request: claude-sonnet-4-5",
      "claude_code.tool: Bash",
      "claude_code.llm_request: claude-sonnet-4-5",
    ]);
  await page.getByRole("treegrid").getByRole("row").nth(1).click();
  const panel = page.getByRole("complementary");
  await panel.locator(".facts > div").filter({ hasText: "Source" }).getByText("log records").waitFor();
  await panel.getByText("Let me check.").first().waitFor();
  await picture("coding-agent-by-logs");
  expect(complaints).toEqual([]);
});
