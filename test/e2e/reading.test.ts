import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

type Sent = {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  /** Seconds before now. */
  readonly from: number;
  readonly to: number;
  readonly attributes?: Readonly<Record<string, string>>;
};

function sender(url: string, session: string) {
  const now = BigInt(Date.now()) * 1_000_000n;
  const instant = (secondsAgo: number) => String(now - BigInt(secondsAgo) * 1_000_000_000n);
  return async (...sent: readonly Sent[]) => {
    const spans = sent.map(({ id, parent, name, from, to, attributes }) => ({
      traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
      spanId: id.padStart(16, "0"),
      ...(parent === undefined ? {} : { parentSpanId: parent.padStart(16, "0") }),
      name,
      startTimeUnixNano: instant(from),
      endTimeUnixNano: instant(to),
      attributes: Object.entries({ "session.id": session, "query.name": "plan-trip", ...attributes }).map(
        ([key, stringValue]) => ({ key, value: { stringValue } }),
      ),
    }));
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(response.status).toBe(200);
  };
}

const rowsOf = (page: Page) => page.getByRole("treegrid").getByRole("row");
const heightOf = async (page: Page, text: string) =>
  (await rowsOf(page).filter({ hasText: text }).first().boundingBox())?.y;

test("a query has a row from its first span on, and new rows above do not move the selected row", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const send = sender(url, "growing");
  await send(
    { id: "a1", parent: "b1", name: "tool.first", from: 9, to: 8 },
    { id: "a2", parent: "b2", name: "tool.second", from: 7, to: 6 },
  );
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/growing?view=timeline`);
  await rowsOf(page).filter({ hasText: "second" }).click();
  const levels = () =>
    rowsOf(page).evaluateAll((rows) =>
      rows.map((row) => `${row.getAttribute("aria-level")} ${row.querySelector(".span-title")?.textContent}`),
    );
  expect(await levels()).toEqual([
    "1 plan-trip",
    "2 Running, details follow",
    "3 first",
    "2 Running, details follow",
    "3 second",
  ]);
  const before = await heightOf(page, "second");
  await picture("query-without-root");

  await send(
    { id: "b1", parent: "c1", name: "agent.one", from: 10, to: 5 },
    { id: "b2", parent: "c1", name: "agent.two", from: 10, to: 5 },
    { id: "c1", parent: "d1", name: "team.all", from: 11, to: 5 },
    { id: "d1", name: "query.plan-trip", from: 12, to: 4 },
  );
  await expect.poll(levels).toEqual(["1 plan-trip", "2 team.all", "3 agent.one", "4 first", "3 agent.two", "4 second"]);
  expect(await heightOf(page, "second")).toBe(before);
  expect(complaints).toEqual([]);
});

test("a long conversation is loaded automatically, and a link to a missing span says so", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const send = sender(url, "long");
  const messages = JSON.stringify([
    { role: "user", content: `${"word ".repeat(4_000)}the last of it` },
    { role: "assistant", content: "understood" },
  ]);
  await send({
    id: "a1",
    name: "llm.large",
    from: 9,
    to: 8,
    attributes: { "gen_ai.request.model": "large", "gen_ai.input.messages": messages },
  });
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions/long?view=timeline&span=5b8aa5a2d2c872e8321cf37308d69df2:00000000000000ff`);
  const panel = page.getByRole("complementary", { name: "Span" });
  await panel.getByText("Span not found").waitFor();
  await rowsOf(page).filter({ hasText: "large" }).click();
  await panel.getByRole("listitem").filter({ hasText: "understood" }).first().waitFor();
  expect(await panel.getByRole("button", { name: /^Load all/ }).count()).toBe(0);
  expect(complaints).toEqual([]);
});
