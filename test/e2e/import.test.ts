import { afterAll, expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { wholeExport } from "../program/read-back.ts";
import { closeBrowser, openPage, showTimeline } from "./open-page.ts";

afterAll(closeBrowser);

test("dropped and chosen files become sessions, and an invalid file shows the place of its fault", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const demo = await run("demo", ["--fast", "--endpoint", url]);
  const id = /checkout-latency-\w+/.exec(demo.output)?.[0] ?? "";
  await wholeExport(url, `/sessions/${id}`, 2);
  const exported = await (await fetch(`${url}/sessions/${id}/otlp`)).text();
  const before = (await (await fetch(`${url}/sessions/${id}`)).json()) as { session: { spans: number } };
  expect((await fetch(`${url}/sessions/${id}`, { method: "DELETE" })).status).toBe(204);

  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByRole("button", { name: "Import", exact: true }).waitFor();
  // Like a browser's drag of files over the page.
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], "session.otlp.json"));
    for (const type of ["dragenter", "dragover", "drop"])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }, exported);
  const list = page.getByRole("region", { name: "Import" });
  await list.getByRole("link", { name: id }).waitFor();
  expect(await list.textContent()).toContain(`${before.session.spans}\u00a0spans`);

  const broken = Buffer.from(`${exported.trimEnd()}\n{"resourceSpans": [}\n`);
  await page.getByLabel("Files to import").setInputFiles({ name: "broken.jsonl", mimeType: "", buffer: broken });
  await list.getByRole("alert").waitFor();
  expect(await list.getByRole("alert").textContent()).toMatch(/line 2/);
  await picture("import");

  await list.getByRole("link", { name: id }).first().click();
  await showTimeline(page);
  const rows = page.getByRole("treegrid").getByRole("row");
  await rows.filter({ has: page.locator('.span-title[title="tool.search_logs"]') }).waitFor();
  await list.getByRole("button", { name: "Close" }).click();
  await expect.poll(() => list.count()).toBe(0);
  // The 400 is the refused file.
  expect(complaints.filter((complaint) => !complaint.includes("400"))).toEqual([]);
});
