import { afterAll, expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

// Tasks that are done by roles and names alone, as assistive technology offers them: nothing here knows a class or a place.

test("find the failed session and its cause", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await run("demo", ["--fast", "--endpoint", url]);
  await sendFailure(url);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByRole("link", { name: /^Failed/ }).click();
  const sessions = page.getByRole("table", { name: "Sessions" });
  await expect.poll(() => sessions.getByRole("row").count()).toBe(2);
  await sessions.getByRole("row").nth(1).getByRole("link").click();
  const figures = page.getByRole("region", { name: "Figures" });
  await figures.getByRole("button", { name: /card was declined/ }).click();
  const panel = page.getByRole("complementary", { name: "Span" });
  expect(await panel.getByRole("heading", { level: 2 }).textContent()).toBe("charge");
  await panel.getByText("card was declined").first().waitFor();
  expect(complaints).toEqual([]);
});

test("read what the model said in turn 2", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await run("demo", ["--fast", "--endpoint", url]);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByRole("table", { name: "Sessions" }).getByRole("row").nth(1).getByRole("link").click();
  await page.getByRole("button", { name: /^Turn 2/ }).click();
  const transcript = page.getByRole("list", { name: "Transcript" });
  await transcript.getByRole("heading", { name: "Turn 2" }).waitFor();
  expect(await transcript.getByRole("heading", { name: "Turn 1" }).count()).toBe(0);
  const said = transcript.getByRole("listitem").filter({ has: page.getByRole("img", { name: "Model call" }) });
  await expect.poll(async () => (await said.allTextContents()).join(" ")).toMatch(/no payment was lost/);
  expect(complaints).toEqual([]);
});

test("start following, and stop", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await sendSteps(url, 0, 200);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByRole("table", { name: "Sessions" }).getByRole("row").nth(1).getByRole("link").click();
  await page.getByRole("tab", { name: "Timeline" }).click();
  const rows = page.getByRole("treegrid", { name: "Spans" }).getByRole("row");
  await rows.getByText("step_0", { exact: true }).waitFor();
  const follow = page.getByRole("button", { name: "Follow", exact: true });
  await follow.click();
  await expect.poll(() => page.getByRole("button", { name: "Follow", pressed: true }).count()).toBe(1);
  await sendSteps(url, 200, 1);
  await rows.getByText("step_200", { exact: true }).waitFor();
  await follow.click();
  await expect.poll(() => page.getByRole("button", { name: "Follow", pressed: false }).count()).toBe(1);
  await page.getByRole("treegrid", { name: "Spans" }).press("Home");
  await rows.getByText("step_0", { exact: true }).waitFor();
  await sendSteps(url, 201, 1);
  await page.getByRole("button", { name: /new/ }).waitFor();
  expect(await rows.getByText("step_201", { exact: true }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

const NOW = BigInt(Date.now()) * 1_000_000n;

async function send(url: string, spans: readonly object[]): Promise<void> {
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect(response.status).toBe(200);
}

type Call = {
  readonly id: number;
  readonly trace: string;
  readonly session: string;
  readonly tool: string;
  readonly parent?: number;
  readonly error?: string;
  readonly from: number;
};

const call = ({ id, trace, session, tool, parent, error, from }: Call) => ({
  traceId: trace.repeat(32),
  spanId: String(id + 1).padStart(16, "0"),
  ...(parent === undefined ? {} : { parentSpanId: String(parent + 1).padStart(16, "0") }),
  name: `execute_tool ${tool}`,
  startTimeUnixNano: String(NOW + BigInt(from) * 1_000_000n),
  endTimeUnixNano: String(NOW + BigInt(from + 1) * 1_000_000n),
  attributes: Object.entries({
    "session.id": session,
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": tool,
  }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  ...(error === undefined ? {} : { status: { code: 2, message: error } }),
});

/** A session that fails in a step below its root, long enough ago that it is over. */
async function sendFailure(url: string): Promise<void> {
  const about = { trace: "c", session: "shop" } as const;
  const failure = "card was declined";
  await send(url, [
    call({ ...about, id: 0, tool: "checkout", error: failure, from: 0 }),
    call({ ...about, id: 1, parent: 0, tool: "charge", error: failure, from: 0 }),
  ]);
}

const sendSteps = (url: string, first: number, count: number): Promise<void> =>
  send(
    url,
    Array.from({ length: count }, (_, at) => {
      const id = first + at;
      return call({ id, trace: "d", session: "followed", tool: `step_${id}`, from: id });
    }),
  );
