import { afterAll, expect, test } from "vitest";
import { freePort } from "../program/free-port.ts";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage, showTimeline } from "./open-page.ts";

afterAll(closeBrowser);

async function post(url: string, spans: readonly Record<string, unknown>[], headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect(response.status).toBe(200);
}

function toolSpan(session: string, name: string, input: string) {
  const end = BigInt(Date.now()) * 1_000_000n;
  return {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: "051581bf3cb55c13",
    name,
    startTimeUnixNano: String(end - 5_000_000n),
    endTimeUnixNano: String(end),
    attributes: [
      { key: "session.id", value: { stringValue: session } },
      { key: "gen_ai.tool.name", value: { stringValue: name } },
      { key: "gen_ai.tool.call.arguments", value: { stringValue: input } },
    ],
  };
}

test("the content of spans is always shown as text", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const malicious = `<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script>`;
  await post(url, [toolSpan(malicious, malicious, `{"html": ${JSON.stringify(malicious)}}`)]);

  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.locator('a[href^="/sessions/"]').filter({ hasText: "onerror" }).first().click();
  await showTimeline(page);
  await page.getByRole("treegrid").getByRole("row").filter({ hasText: "<img src=x" }).first().click();
  await page.getByRole("complementary", { name: "Span" }).getByText("<script>").first().waitFor();
  await picture("untrusted");
  expect(await page.evaluate(() => Object.hasOwn(globalThis, "owned"))).toBe(false);
  expect(await page.locator("main img, main script").count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("a missing session says so, and appears with its first span", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page, picture } = await openPage();
  await page.goto(`${url}/sessions/tomorrow?view=timeline`);
  await page.getByText("Waiting for this session").waitFor();
  await expect.poll(() => page.getByRole("status").first().textContent()).toBe("Waiting");
  expect(await page.getByText("none yet").count()).toBe(0);
  await picture("not-found");
  await post(url, [toolSpan("tomorrow", "tool.late", "{}")]);
  const row = page.getByRole("treegrid").getByRole("row").filter({ hasText: "late" });
  await expect.poll(() => row.count(), { timeout: 60_000 }).toBe(1);

  await fetch(`${url}/sessions/tomorrow`, { method: "DELETE" });
  await page.getByText("This session was deleted").waitFor();
  await post(url, [toolSpan("tomorrow", "tool.again", "{}")]);
  const again = page.getByRole("treegrid").getByRole("row").filter({ hasText: "again" });
  await expect.poll(() => again.count(), { timeout: 60_000 }).toBe(1);
  expect(await row.count()).toBe(0);
});

test("with tokens the page loads, asks once for all tabs, shows missing permissions, and removes the token", async () => {
  const { url } = await startProgram({
    DATA_DIR: await temporaryDirectory(),
    ADMIN_TOKEN: "admin",
    VIEW_TOKEN: "view",
    INGEST_TOKEN: "ingest",
  });
  await post(url, [toolSpan("behind a token", "tool.secret", "{}")], { authorization: "Bearer admin" });
  const { page, picture } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("The token was not accepted").waitFor();
  await picture("token");
  await page.getByLabel("Token").fill("ingest");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("This token may write only").waitFor();
  await page.getByLabel("Token").fill("view");
  await page.getByRole("button", { name: "Open" }).click();
  const link = page.locator('a[href^="/sessions/behind"]');
  await link.waitFor();
  await page.reload();
  await link.waitFor();
  await link.click();
  await showTimeline(page);
  await expect.poll(() => page.getByRole("treegrid").getByRole("row").filter({ hasText: "secret" }).count()).toBe(1);

  const remove = page.getByRole("button", { name: "Delete this session" });
  const focused = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.ariaLabel);
  const menu = page.getByRole("button", { name: "Details, export, delete" });
  await menu.click();
  await remove.click();
  await expect.poll(() => focused()).toBe("Cancel");
  await page.keyboard.press("Escape");
  await expect.poll(() => focused()).toBe("Details, export, delete");
  await menu.click();
  await remove.click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  // For ten seconds the deletion could be undone: only then does the server hear of it.
  await page.getByRole("button", { name: "Undo" }).waitFor();
  expect(await link.count()).toBe(0);
  await page.getByText("this request needs a token that may administer").waitFor();
  await link.click();
  await menu.click();
  await page.getByRole("button", { name: "OTLP/JSON" }).waitFor();
  expect(await remove.count()).toBe(0);

  const tab = await page.context().newPage();
  await tab.goto(`${url}/sessions`);
  await tab.locator('a[href^="/sessions/behind"]').waitFor();
  await tab.getByRole("button", { name: "Token" }).click();
  await tab.getByRole("button", { name: "Remove the token" }).click();
  await tab.getByText("This deployment requires a token").waitFor();
});

test("the stream reconnects when the program restarts", async () => {
  const environment = { DATA_DIR: await temporaryDirectory(), PORT: String(await freePort()) };
  const program = await startProgram(environment);
  await post(program.url, [toolSpan("survivor", "tool.before", "{}")]);
  const { page, picture } = await openPage();
  await page.goto(`${program.url}/sessions/survivor?view=timeline`);
  const rows = page.getByRole("treegrid").getByRole("row");
  await rows.filter({ hasText: "before" }).first().waitFor();

  await program.kill();
  await expect.poll(() => page.getByRole("status").first().textContent()).toBe("Reconnecting");
  await picture("reconnecting");
  const again = await startProgram(environment);
  await post(again.url, [{ ...toolSpan("survivor", "tool.after", "{}"), spanId: "051581bf3cb55c14" }]);
  await rows.filter({ hasText: "after" }).first().waitFor({ timeout: 60_000 });
  expect(await rows.filter({ hasText: "before" }).count()).toBe(1);
});

test("an open input request is shown in the list and on its session, and links to its row", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const start = String(BigInt(Date.now() - 60_000) * 1_000_000n);
  const running = (spanId: string, parentSpanId: string, name: string, texts: Readonly<Record<string, string>>) => ({
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId,
    parentSpanId,
    name,
    startTimeUnixNano: start,
    attributes: Object.entries(texts).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  });
  await post(url, [
    running("0000000000000001", "", "query.book", { "session.id": "requesting", "query.name": "book-trip" }),
    running("0000000000000002", "0000000000000001", "tool.book", { "gen_ai.tool.name": "book_hotel" }),
    running("0000000000000003", "0000000000000002", "ask", {
      "mcp.method.name": "elicitation/create",
      "mcp.elicitation.message": "River view or courtyard?",
    }),
  ]);
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions`);
  const row = page.getByRole("row").filter({ hasText: "River view" });
  await row.getByText("book_hotel of book-trip").waitFor();
  expect(await row.textContent()).toMatch(/Waitingfor 1.m/);
  // The row of a session that waits leads to its request.
  await row.getByRole("link").click();
  const panel = page.getByRole("complementary", { name: "Span" });
  await panel.getByRole("heading", { name: "ask", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => panel.count()).toBe(0);
  await page.getByRole("button", { name: "Show the request" }).click();
  await panel.getByRole("heading", { name: "ask", exact: true }).waitFor();
  await picture("input-request");
  expect(complaints).toEqual([]);
});

test("a cost by the price list is shown once the list is here, and none before", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const attributes = {
    "session.id": "priced",
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "openrouter/openai/gpt-4o",
  };
  const span = toolSpan("priced", "chat gpt-4o", "{}");
  const texts = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const counts = ["input", "output"].map((part) => ({
    key: `gen_ai.usage.${part}_tokens`,
    value: { intValue: "100000" },
  }));
  await post(url, [{ ...span, attributes: [...texts, ...counts] }]);
  const { page, complaints } = await openPage();
  const loaded = Promise.withResolvers<void>();
  await page.route("**/build/prices*.js", async (route) => {
    await loaded.promise;
    await route.continue();
  });
  await page.goto(`${url}/sessions/priced?view=timeline`);
  await page.getByText("100k in · 100k out").waitFor();
  expect(await page.getByText("where money went").count()).toBe(0);
  loaded.resolve();
  await page
    .getByText(/^≈\s\$1\.25$/)
    .first()
    .waitFor();
  expect(complaints).toEqual([]);
});

test("a request of a web server opens as its timeline, and as what the reader chooses", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const request = {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: "051581bf3cb55c13",
    name: "GET /cart",
    startTimeUnixNano: "1796047297000000000",
    endTimeUnixNano: "1796047298000000000",
    attributes: [{ key: "http.request.method", value: { stringValue: "GET" } }],
  };
  await post(url, [request]);
  const { page, complaints } = await openPage();
  const path = `/sessions/${request.traceId}`;
  await page.goto(url + path);
  await page.getByRole("treegrid").getByRole("row").filter({ hasText: "GET /cart" }).waitFor();
  await page.keyboard.press("1");
  await page.getByRole("list", { name: "Transcript" }).waitFor();
  await expect.poll(() => page.url()).toBe(`${url}${path}?view=transcript`);
  await page.reload();
  await page.getByRole("list", { name: "Transcript" }).waitFor();
  await page.goBack();
  await page.getByRole("treegrid").waitFor();
  await page.goto(`${url}${path}?kinds=tool`);
  await page.getByText("No span passes the filter.").waitFor();
  expect(complaints).toEqual([]);
});
