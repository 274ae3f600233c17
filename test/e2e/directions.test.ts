import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const QUESTION = "لماذا الدفع بطيء؟ checkout p95";
const ANSWER = "السبب: لا يوجد **فهرس** على code.\n\n- الخطوة الأولى\n- الخطوة الثانية";
const RESULT = "تم العثور على 12 صفًا";

/** Innermost elements in view with Arabic text that are read from left to right. */
function leftToRight(): string[] {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  let looked = 0;
  while (texts.nextNode() !== null) {
    const { textContent, parentElement } = texts.currentNode;
    if (textContent === null || parentElement === null || !/^[^A-Za-z]*[\u0600-\u06ff]/.test(textContent)) continue;
    if (parentElement.closest("script, .visually-hidden, .json-tree, .text-json, code, pre") !== null) continue;
    looked++;
    if (getComputedStyle(parentElement).direction !== "rtl")
      found.push(`${parentElement.className}: ${textContent.slice(0, 40)}`);
  }
  return looked === 0 ? ["no text is in view"] : found;
}

test("text from spans has its own direction, in every reading", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const start = BigInt(Date.now()) * 1_000_000n - 600_000_000_000n;
  const span = (id: number, attributes: Readonly<Record<string, unknown>>, error?: string) => ({
    traceId: "5b8aa5a2d2c872e8321cf37308d69dfd",
    spanId: String(id).padStart(16, "0"),
    ...(id === 1 ? {} : { parentSpanId: "0000000000000001" }),
    name: `step ${id}`,
    startTimeUnixNano: String(start + BigInt(id) * 1_000_000_000n),
    endTimeUnixNano: String(start + BigInt(id + 1) * 1_000_000_000n),
    attributes: Object.entries({ "session.id": "arabic", ...attributes }).map(([key, value]) => ({
      key,
      value: { stringValue: typeof value === "string" ? value : JSON.stringify(value) },
    })),
    ...(error === undefined ? {} : { status: { code: 2, message: error } }),
  });
  const spans = [
    span(1, { "query.name": "دفع", "input.value": QUESTION }),
    span(
      2,
      {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "بحث",
        "gen_ai.tool.call.arguments": QUESTION,
        "gen_ai.tool.call.result": RESULT,
      },
      "فشل الاتصال",
    ),
    span(3, {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-5",
      "gen_ai.input.messages": [{ role: "user", parts: [{ type: "text", content: QUESTION }] }],
      "gen_ai.output.messages": [{ role: "assistant", parts: [{ type: "text", content: ANSWER }] }],
    }),
  ];
  await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  const { page, complaints, picture } = await openPage();
  const key = (id: number) => `5b8aa5a2d2c872e8321cf37308d69dfd:${String(id).padStart(16, "0")}`;
  for (const [path, wanted] of [
    ["/sessions", "لماذا"],
    ["/sessions/arabic", "الخطوة الأولى"],
    ["/sessions/arabic?view=timeline", "فشل"],
    ["/sessions/arabic?view=steps&steps=tool", "بحث"],
    [`/sessions/arabic?span=${key(3)}`, "فهرس"],
    [`/sessions/arabic?span=${key(2)}`, "تم العثور"],
  ] as const) {
    await page.goto(`${url}${path}`);
    await page.getByText(wanted).first().waitFor();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await page.evaluate(leftToRight), path).toEqual([]);
    await picture(`arabic-${path.replaceAll(/\W+/g, "-").slice(0, 40)}`);
  }
  expect(complaints).toEqual([]);
});
