import { expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "./program.ts";
import { spansOf, wholeExport } from "./read-back.ts";

type Numbers = { readonly spans: { readonly count: number } };

/** The directory hears of spans a moment after they were acknowledged. */
async function untilCounted(url: string, spans: number): Promise<void> {
  const read = async () => (await (await fetch(`${url}/metrics.json?by=model`)).json()) as Numbers;
  await expect.poll(async () => (await read()).spans.count).toBe(spans);
}

// spec: NUM-6
test("numbers of the demo as JSON, for Prometheus and on the page, also after a restart", async () => {
  const DATA_DIR = await temporaryDirectory();
  const program = await startProgram({ DATA_DIR });
  const { output } = await run("demo", ["--fast", "--endpoint", program.url]);
  const { length } = spansOf(await wholeExport(program.url, new URL(output.trim()).pathname, 2));
  expect(length).toBeGreaterThan(10);
  await untilCounted(program.url, length);
  const scrape = async (url: string) => {
    const response = await fetch(`${url}/metrics`);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    return (await response.text()).split("\n");
  };
  const lines = await scrape(program.url);
  expect(lines).toContain(`spanfold_spans ${length}`);
  expect(lines.filter((line) => line.startsWith("spanfold_tool_calls{"))).toContain(
    'spanfold_tool_calls{tool="query_metrics"} 1',
  );
  const page = await (await fetch(program.url, { headers: { accept: "text/html" } })).text();
  expect(page).toContain(`<dt>Spans</dt><dd>${length}</dd>`);
  expect(page.match(/<rect /g)?.length).toBeGreaterThan(3);
  expect(page).not.toContain("<noscript>");
  await program.stop();

  const again = await startProgram({ DATA_DIR });
  expect((await scrape(again.url)).filter((line) => line.startsWith("spanfold_tool"))).toEqual(
    lines.filter((line) => line.startsWith("spanfold_tool")),
  );
});
