import { afterAll, expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage, showTimeline } from "./open-page.ts";

afterAll(closeBrowser);

test("a query's row has its request, its manifest and its resume point", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  expect(await run("demo", ["--fast", "--endpoint", url])).toMatchObject({ code: 0 });
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.locator('a[href^="/sessions/checkout-latency-"]').click();
  await showTimeline(page);
  const rows = page.getByRole("treegrid").getByRole("row");
  const panel = page.getByRole("complementary", { name: "Span" });

  // From a tool's row to the row of its query.
  await rows.filter({ has: page.locator('[title="tool.search_logs"]') }).click();
  await panel.getByRole("heading", { name: "Details" }).click();
  await panel.getByTitle("Show the turn, where it can be run again").click();
  await panel.getByText("Run again").click();
  await panel.getByText("incident-response").first().waitFor();
  expect(await panel.textContent()).toContain("Target (team)");
  await picture("run-again");

  await panel.getByRole("button", { name: "Ark manifest" }).click();
  await panel.getByText('name: "find-the-cause-2"').waitFor();
  await panel.getByLabel("Name of the new query").fill("Not A Name");
  await page.keyboard.press("Enter");
  await panel.getByRole("alert").filter({ hasText: "not a valid name of a Kubernetes object" }).waitFor();
  await panel.getByLabel("Name of the new query").fill("another");
  await page.keyboard.press("Enter");
  await panel.getByText('name: "another"').waitFor();

  await panel.getByRole("button", { name: "Where it stopped" }).click();
  await panel.getByText("Every call was answered").waitFor();
  // The 406 is the refused name.
  expect(complaints.filter((complaint) => !complaint.includes("406"))).toEqual([]);
});
