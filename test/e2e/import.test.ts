import { afterAll, expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

test("files that are dropped or chosen come back as sessions, and a broken one says where", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const demo = await run("demo.ts", ["--fast", "--endpoint", url]);
  const id = /checkout-latency-\w+/.exec(demo.said)?.[0] ?? "";
  const exported = await (await fetch(`${url}/sessions/${id}/otlp`)).text();
  const before = (await (await fetch(`${url}/sessions/${id}`)).json()) as { session: { spans: number } };
  expect((await fetch(`${url}/sessions/${id}`, { method: "DELETE" })).status).toBe(204);

  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByRole("button", { name: "Import", exact: true }).waitFor();
  // As a browser does it: what is dragged over the page holds files.
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], "session.otlp.json"));
    for (const type of ["dragenter", "dragover", "drop"])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }, exported);
  const told = page.getByRole("region", { name: "Import" });
  await told.getByRole("link", { name: id }).waitFor();
  expect(await told.textContent()).toContain(`${before.session.spans}\u00a0spans`);

  const broken = Buffer.from(`${exported.trimEnd()}\n{"resourceSpans": [}\n`);
  await page.getByLabel("Files to import").setInputFiles({ name: "broken.jsonl", mimeType: "", buffer: broken });
  await told.getByRole("alert").waitFor();
  expect(await told.getByRole("alert").textContent()).toMatch(/line 2/);
  await picture("import");

  await told.getByRole("link", { name: id }).first().click();
  const rows = page.getByRole("treegrid").getByRole("row");
  await rows.filter({ hasText: "tool.search_logs" }).waitFor();
  await told.getByRole("button", { name: "Close" }).click();
  await expect.poll(() => told.count()).toBe(0);
  // The file that was refused.
  expect(complaints.filter((complaint) => !complaint.includes("400"))).toEqual([]);
});
