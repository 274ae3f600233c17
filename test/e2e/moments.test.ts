import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

/** Some days ago at 12:20, the widest time of day. */
function someNoon(days: number): bigint {
  const moment = new Date(Date.now() - days * 86_400_000);
  moment.setUTCHours(12, 20, 0, 0);
  return BigInt(moment.getTime()) * 1_000_000n;
}

/** One day of each of the last ten months, whose names differ in length. */
const DAYS = Array.from({ length: 10 }, (_, month) => 5 + 30 * month);

test("the list shows the full start time, also with am and pm", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const spans = DAYS.map((days) => ({
    traceId: days.toString(16).padStart(32, "0"),
    spanId: "051581bf3cb55c13",
    name: "chat",
    startTimeUnixNano: String(someNoon(days)),
    endTimeUnixNano: String(someNoon(days) + 5_000_000n),
    attributes: [
      { key: "session.id", value: { stringValue: `days-${days}` } },
      { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
    ],
  }));
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);

  for (const locale of ["en-US", "en-AU", "es-MX", "ko-KR"]) {
    const { page, complaints, picture } = await openPage({ locale, timezoneId: "UTC" });
    await page.goto(`${url}/sessions`);
    await expect.poll(() => page.locator(".session-row").count()).toBe(DAYS.length);
    for (const width of [1360, 1100]) {
      await page.setViewportSize({ width, height: 850 });
      const shown = await page.locator(".cell-started > time").evaluateAll((elements) =>
        elements.map((element) => ({
          text: element.textContent,
          cutOff: Math.max(element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight),
          tooTall: element.clientHeight > (element.closest(".session-row")?.clientHeight ?? 0),
        })),
      );
      await picture(`started-${locale}-${width}`);
      expect(
        shown.map(({ text }) => text).filter((text) => !text.includes("12:20")),
        locale,
      ).toEqual([]);
      expect(
        shown.filter(({ cutOff, tooTall }) => cutOff > 0 || tooTall),
        `${locale}, ${width} px`,
      ).toEqual([]);
    }
    expect(complaints).toEqual([]);
  }
});
