import type { Locator, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const TRACE = "5b8aa5a2d2c872e8321cf37308d69df2";
const id = (number: number): string => number.toString(16).padStart(16, "0");
const NOW = BigInt(Date.now()) * 1_000_000n;
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

type Sent = {
  readonly id: number;
  readonly name: string;
  readonly from: number;
  readonly with: Readonly<Record<string, unknown>>;
  readonly error?: string;
};

/** Spans of a second under one agent, 100 s ago. Objects become JSON text. */
async function send(url: string, spans: readonly Sent[]): Promise<void> {
  const at = (second: number): string => String(NOW - 100_000_000_000n + BigInt(second) * 1_000_000_000n);
  const agent: Sent = {
    id: 1,
    name: "invoke_agent engineer",
    from: 0,
    with: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "engineer" },
  };
  const otlp = [agent, ...spans].map(({ id: spanId, name, from, with: attributes, error }) => ({
    traceId: TRACE,
    spanId: id(spanId),
    ...(spanId === 1 ? {} : { parentSpanId: id(1) }),
    name,
    startTimeUnixNano: at(from),
    endTimeUnixNano: at(spanId === 1 ? 60 : from + 1),
    attributes: Object.entries({ "session.id": "inspector", ...attributes }).map(([key, value]) => ({
      key,
      value: { stringValue: typeof value === "string" ? value : JSON.stringify(value) },
    })),
    ...(error === undefined ? {} : { status: { code: 2, message: error } }),
  }));
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: otlp }] }] }),
  });
  expect(response.status).toBe(200);
}

const called = (callId: string, name: string, args: unknown) => ({
  role: "assistant",
  parts: [{ type: "tool_call", id: callId, name, arguments: args }],
});
const returned = (callId: string, response: unknown) => ({
  role: "tool",
  parts: [{ type: "tool_call_response", id: callId, response }],
});
const text = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] });
const model = (spanId: number, from: number, input: unknown, output: unknown): Sent => ({
  id: spanId,
  name: "chat",
  from,
  with: {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.input.messages": input,
    "gen_ai.output.messages": output,
    "gen_ai.request.temperature": "0.2",
    "gen_ai.tool.definitions": [{ type: "function", name: "run_sql", description: "Runs *one* query." }],
  },
});
const tool = (spanId: number, from: number, callId: string, args: unknown, more: Partial<Sent>): Sent => ({
  id: spanId,
  name: "execute_tool run_sql",
  from,
  ...more,
  with: {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "run_sql",
    "gen_ai.tool.call.id": callId,
    "gen_ai.tool.call.arguments": args,
    ...more.with,
  },
});

const ASK = [text("system", `Be brief. ${"Rules. ".repeat(40)}`), text("user", "Why is checkout slow?")];
const CALLS = [
  called("c1", "run_sql", { q: "select 1", limit: 5 }),
  called("c2", "run_sql", { q: "explain select 1", limit: 5 }),
];
// Longer than what a page loads with the span itself.
const LONG = "row ".repeat(4_000);

const SPANS: readonly Sent[] = [
  model(2, 1, ASK, [CALLS[0]]),
  tool(3, 3, "c1", { q: "select 1", limit: 5 }, { error: "statement timeout" }),
  model(4, 5, [...ASK, CALLS[0], returned("c1", LONG)], [CALLS[1]]),
  tool(
    5,
    7,
    "c2",
    { q: "explain select 1", limit: 5 },
    {
      with: {
        "gen_ai.tool.call.result": {
          content: [
            { type: "text", text: "Seq scan" },
            { type: "image", data: PIXEL, mimeType: "image/png" },
          ],
        },
      },
    },
  ),
  model(
    6,
    9,
    [...ASK, CALLS[0], returned("c1", LONG), CALLS[1], returned("c2", "Seq scan")],
    [text("assistant", "An **index** is missing.")],
  ),
];

const panelOf = (page: Page): Locator => page.getByRole("complementary", { name: "Span" });
const span = (number: number): string => `span=${TRACE}:${id(number)}`;
const show = (page: Page): string | null => new URL(page.url()).searchParams.get("show");

test("a model's call: its answer, what is new in its input, everything, as it was sent, and its request", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, SPANS);
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/inspector?${span(6)}`);
  const panel = panelOf(page);
  await panel.getByText("in engineer · call 3 of 3").waitFor();
  await panel.getByRole("strong").filter({ hasText: "index" }).waitFor();
  const input = panel.getByRole("listitem");
  // The call before is large: it is loaded to be compared.
  await panel.getByRole("tab", { name: "New only", selected: true }).waitFor();
  await panel.getByText("1 new message").waitFor();
  expect(await panel.getByText("Why is checkout slow?").count()).toBe(0);
  expect(await panel.getByText("Seq scan").count()).toBe(1);
  await picture("inspector-model");
  await panel.getByRole("button", { name: "4 earlier messages, shown in the calls before" }).click();
  await input.filter({ hasText: "Why is checkout slow?" }).waitFor();

  await panel.getByRole("tab", { name: "Conversation" }).click();
  await panel.getByText("Be brief.").first().waitFor();
  await expect.poll(() => show(page)).toBe("conversation");
  await page.keyboard.press("v");
  await panel.getByRole("tab", { name: "Raw", selected: true }).waitFor();
  await panel.getByText("An **index** is missing.").first().waitFor();
  await page.keyboard.press("v");
  await panel.getByRole("tab", { name: "New only", selected: true }).waitFor();
  await expect.poll(() => show(page)).toBe(null);

  const request = panel.getByRole("region", { name: "Request" });
  expect(await request.textContent()).toContain("temperature0.2");
  await request.getByRole("button", { name: "run_sql" }).click();
  await request.getByText("one").waitFor();

  // To the call before, of the same kind, and from its answer to the span of the tool.
  await panel.getByRole("button", { name: /^Previous Model call/ }).click();
  await panel.getByText("in engineer · call 2 of 3").waitFor();
  await panel.getByRole("button", { name: "its span" }).first().click();
  await panel.getByText("in engineer · attempt 2 of 2").waitFor();
  await panel.getByRole("button", { name: "gpt-5" }).click();
  await panel.getByText("in engineer · call 2 of 3").waitFor();
  expect(complaints).toEqual([]);
});

test("a tool's call: its attempts, and a picture that is drawn after a click", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, SPANS);
  const { page, complaints, picture } = await openPage({ colorScheme: "dark" });
  await page.goto(`${url}/sessions/inspector?${span(5)}`);
  const panel = panelOf(page);
  const attempts = panel.getByRole("region", { name: "Attempts" });
  await attempts.getByText("✗ statement timeout").waitFor();
  await attempts.getByText("What changed in the input").click();
  const changed = attempts.locator("pre");
  await expect
    .poll(() => changed.allTextContents())
    .toEqual(["  {", '− before:   "q": "select 1",', '+ now:   "q": "explain select 1",', '    "limit": 5', "  }"]);
  const text64 = await panel.textContent();
  expect(text64).not.toContain(PIXEL);
  expect(await panel.locator("img").count()).toBe(0);
  await panel.getByRole("button", { name: /^Show image:.*image\/png/ }).click();
  await panel.locator('img[src^="data:image/png;base64,"]').waitFor();
  await picture("inspector-attempt");
  await attempts.getByRole("button", { name: "attempt before" }).click();
  await panel.getByText("in engineer · attempt 1 of 2").waitFor();
  await attempts.getByRole("button", { name: "next attempt" }).waitFor();
  expect(complaints).toEqual([]);
});

test("the panel's edge is dragged and moved by keys, and its place is remembered", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, SPANS);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions/inspector?${span(6)}`);
  const panel = panelOf(page);
  const edge = panel.getByRole("separator", { name: "Width of the panel" });
  await edge.waitFor();
  const width = async (): Promise<number> => Math.round((await panel.boundingBox())?.width ?? 0);
  const before = await width();
  await expect.poll(() => edge.getAttribute("aria-valuenow")).toBe(String(before));

  const box = await edge.boundingBox();
  if (box === null) throw new Error("the edge is not shown");
  await page.mouse.move(box.x + box.width / 2, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 150, box.y + 210, { steps: 4 });
  await page.mouse.up();
  await expect.poll(width).toBe(before + 150);
  await edge.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(width).toBe(before + 134);
  await expect.poll(() => edge.getAttribute("aria-valuenow")).toBe(String(before + 134));
  await page.keyboard.press("Home");
  await expect.poll(width).toBe(320);
  await page.reload();
  await edge.waitFor();
  await expect.poll(width).toBe(320);
  await edge.focus();
  await page.keyboard.press("Enter");
  await expect.poll(width).toBe(before);
  expect(complaints).toEqual([]);
});
