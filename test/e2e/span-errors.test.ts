import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const LEVEL = "langfuse.observation.level";
const MESSAGE = "langfuse.observation.status_message";

/** A span's fields, and the text that the page shows. */
const SPANS = [
  { name: "ended well", status: { code: 1, message: "success" }, shown: "Status message: success" },
  { name: "unset", status: { code: 0, message: "no complaint" }, shown: "Status message: no complaint" },
  { name: "warned", attributes: [text(LEVEL, "WARNING"), text(MESSAGE, "slow")], shown: "Status message: slow" },
  { name: "timed out", attributes: [text("error.type", "timeout")], status: { code: 1 }, shown: "nothing" },
  { name: "left", status: { code: 2, message: "TerminateTeam" }, shown: "Status message: TerminateTeam" },
  { name: "broke", status: { code: 2, message: "overloaded" }, shown: "Error: overloaded" },
  { name: "level", attributes: [text(LEVEL, "ERROR"), text(MESSAGE, "quota")], shown: "Error: quota" },
  {
    name: "threw",
    events: [{ name: "exception", attributes: [text("exception.type", "Late")] }],
    shown: "Late: No message.",
  },
];

test("list, tree and panel agree on which spans failed", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const end = BigInt(Date.now()) * 1_000_000n;
  const spans = SPANS.map(({ shown: _, attributes = [], ...span }, index) => ({
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: (index + 1).toString(16).padStart(16, "0"),
    startTimeUnixNano: String(end - 5_000_000_000n + BigInt(index)),
    endTimeUnixNano: String(end),
    attributes: [text("session.id", "mixed"), text("gen_ai.operation.name", "chat"), ...attributes],
    ...span,
  }));
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);

  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions`);
  await expect.poll(() => page.locator(".session-row .error-count").textContent()).toBe("3");
  await page.goto(`${url}/sessions/mixed?view=timeline`);
  const rows = page.getByRole("treegrid").getByRole("row");
  await expect.poll(() => rows.count()).toBe(SPANS.length);
  const panel = page.getByRole("complementary", { name: "Span" });
  const seen: string[] = [];
  for (const { name } of SPANS) {
    const row = rows.filter({ hasText: name });
    await row.click();
    await panel.getByRole("heading", { name }).waitFor();
    const red = panel.locator(".exception");
    const message = panel.locator(".facts > div").filter({ hasText: "Status message" });
    const failed = (await row.getByRole("img", { name: "Error" }).count()) > 0 ? "failed" : "passed";
    const parts: string[] = [];
    if ((await red.count()) > 0) {
      const lines = (await red.locator("h3 ~ *, header ~ *").allTextContents()).filter((line) => line !== "");
      parts.push([await red.getByRole("heading").textContent(), ...lines].join(": "));
    }
    if ((await message.count()) > 0) parts.push((await message.locator("dt, dd").allTextContents()).join(": "));
    seen.push(`${name}, ${failed}: ${parts.join(" + ") || "nothing"}`);
    await picture(`span-${name.replace(" ", "-")}`);
  }
  expect(seen).toEqual(SPANS.map(({ name, shown }, index) => `${name}, ${index < 5 ? "passed" : "failed"}: ${shown}`));
  expect(complaints).toEqual([]);
});
