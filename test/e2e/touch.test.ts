import type { CDPSession, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

type Point = { readonly x: number; readonly y: number };

/** Between two steps of a gesture, seconds. */
const STEP = 0.05;

/** Fingers on the screen: each list is where they are next. In the end they rest: fast ones would throw, and a tap would stop that only. */
async function touch(cdp: CDPSession, ...steps: readonly (readonly Point[])[]): Promise<void> {
  const last = steps.at(-1) ?? [];
  const whole = [...steps, last, last, last];
  const start = Date.now() / 1000 - whole.length * STEP;
  const send = (type: "touchStart" | "touchMove" | "touchEnd", points: readonly Point[], step: number) =>
    cdp.send("Input.dispatchTouchEvent", {
      type,
      timestamp: start + step * STEP,
      touchPoints: points.map(({ x, y }, id) => ({ x: Math.round(x), y: Math.round(y), id })),
    });
  for (const [step, points] of whole.entries()) await send(step === 0 ? "touchStart" : "touchMove", points, step);
  await send("touchEnd", [], whole.length);
}

/** Fingers that move evenly from their first to their last places. */
function moving(from: readonly Point[], to: readonly Point[], steps = 8): readonly (readonly Point[])[] {
  return Array.from({ length: steps + 1 }, (_, step) =>
    from.map(({ x, y }, finger) => ({
      x: x + ((to[finger]?.x ?? x) - x) * (step / steps),
      y: y + ((to[finger]?.y ?? y) - y) * (step / steps),
    })),
  );
}

/** The chosen part of the axis in the URL, seconds. */
function rangeOf(page: Page): readonly number[] | undefined {
  const range = new URL(page.url()).searchParams.get("range");
  return range === null ? undefined : range.split("-").map((nanos) => Number(nanos) / 1e9);
}

const width = (range: readonly number[] | undefined): number =>
  range === undefined ? 60 : (range[1] ?? 0) - (range[0] ?? 0);

test("the time of timeline and overview is driven by touch: pinch and drag", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const start = BigInt(Date.now()) * 1_000_000n - 3_600_000_000_000n;
  const at = (seconds: number): string => String(start + BigInt(seconds) * 1_000_000_000n);
  const spans = Array.from({ length: 61 }, (_, id) => ({
    traceId: "5b8aa5a2d2c872e8321cf37308d69dfb",
    spanId: String(id + 1).padStart(16, "0"),
    ...(id === 0 ? {} : { parentSpanId: "0000000000000001" }),
    name: `step ${id}`,
    startTimeUnixNano: at(id === 0 ? 0 : id - 1),
    endTimeUnixNano: at(id === 0 ? 60 : id),
    attributes: Object.entries({
      "session.id": "touched",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": `step ${id}`,
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  }));
  await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  const { page, complaints, picture } = await openPage({ hasTouch: true, viewport: { width: 1180, height: 820 } });
  const cdp = await page.context().newCDPSession(page);
  await page.goto(`${url}/sessions/touched?view=timeline`);
  const row = page.getByRole("treegrid").getByRole("row").nth(3);
  await row.waitFor();
  const lane = await row.locator(".lane").boundingBox();
  if (lane === null) throw new Error("the row has no lane");
  const y = lane.y + lane.height / 2;
  const spot = (part: number, below = 0): Point => ({ x: lane.x + lane.width * part, y: y + below });

  // Two fingers that part zoom in, about the point between them.
  await touch(cdp, ...moving([spot(0.45), spot(0.55, 20)], [spot(0.2), spot(0.8, 20)]));
  // They are six times as far apart as before.
  await expect.poll(() => width(rangeOf(page))).toBeLessThan(11);
  const zoomed = rangeOf(page);
  expect(width(zoomed)).toBeGreaterThan(9);
  expect(((zoomed?.[0] ?? 0) + (zoomed?.[1] ?? 0)) / 2).toBeGreaterThan(22);
  expect(((zoomed?.[0] ?? 0) + (zoomed?.[1] ?? 0)) / 2).toBeLessThan(38);
  await picture("touch-zoomed");

  // One finger moves the lanes under it: to the left, to later times.
  await touch(cdp, ...moving([spot(0.7)], [spot(0.4)]));
  await expect.poll(() => rangeOf(page)?.[0]).toBeGreaterThan((zoomed?.[0] ?? 0) + 2.5);
  const moved = rangeOf(page);
  expect(width(moved)).toBeCloseTo(width(zoomed), 3);

  // One finger down the lanes scrolls the rows, and leaves the time alone.
  const scroller = page.getByRole("treegrid");
  const top = () => scroller.evaluate(({ scrollTop }) => scrollTop);
  await touch(cdp, ...moving([spot(0.5, 200)], [spot(0.5, -100)], 12));
  await expect.poll(top).toBeGreaterThan(50);
  expect(rangeOf(page)).toEqual(moved);

  // Two fingers that come together zoom out, in the end to the whole session.
  for (let pinch = 0; pinch < 6 && rangeOf(page) !== undefined; pinch++) {
    const before = page.url();
    await touch(cdp, ...moving([spot(0.1), spot(0.9, 20)], [spot(0.48), spot(0.52, 20)]));
    await expect.poll(() => page.url()).not.toBe(before);
  }
  expect(rangeOf(page)).toBeUndefined();

  // A drag over the overview chooses a time.
  const map = await page.locator(".overview-map").boundingBox();
  if (map === null) throw new Error("there is no overview");
  const over = (part: number): Point => ({ x: map.x + map.width * part, y: map.y + map.height / 2 });
  await touch(cdp, ...moving([over(0.25)], [over(0.75)]));
  await expect.poll(() => rangeOf(page)?.map(Math.round)).toEqual([15, 45]);
  // Its edges can be moved.
  await touch(cdp, ...moving([over(0.75)], [over(0.5)]));
  await expect.poll(() => rangeOf(page)?.map(Math.round)).toEqual([15, 30]);
  // Chromium takes a tap that soon for the end of a throw: a click.
  await page.getByRole("button", { name: /show all/ }).click();
  await expect.poll(() => rangeOf(page)).toBeUndefined();

  expect(complaints).toEqual([]);
});
