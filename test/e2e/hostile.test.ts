import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const TRACE = "5b8aa5a2d2c872e8321cf37308d69dfa";

/** One attempt a line: each would set `owned`, ask another host, leave its place, or read differently than it is. */
const ATTEMPTS = [
  "<script>window.owned=1</script>",
  `<img src="http://evil.invalid/a.png" onerror="window.owned=1" style="position:fixed;inset:0">`,
  `<svg onload="window.owned=1"><script>window.owned=1</script><use href="http://evil.invalid/b.svg#x"/></svg>`,
  `<math><mtext><style><img src=x onerror="window.owned=1"></style></mtext></math>`,
  "<style>@import url(http://evil.invalid/c.css); body { display: none }</style>",
  `<link rel=stylesheet href=http://evil.invalid/d.css><base href="http://evil.invalid/"><meta http-equiv=refresh content="0;url=http://evil.invalid/e">`,
  `<iframe srcdoc="<script>parent.owned=1</script>"></iframe><object data=http://evil.invalid/f></object>`,
  `<form action=http://evil.invalid/g><input autofocus onfocus="window.owned=1"><button formaction="javascript:window.owned=1">Go</button></form>`,
  `<details open ontoggle="window.owned=1"><video src=http://evil.invalid/h onerror="window.owned=1">`,
  "[run](javascript:window.owned=1) [Run](JaVaScRiPt:window.owned=1) [tab](java\tscript:window.owned=1)",
  "[coded](javascript&#58;window.owned=1) [vb](vbscript:x) [file](file:///etc/passwd) [blob](blob:x)",
  "[data](data:text/html,<script>window.owned=1</script>) [svg](data:image/svg+xml,<svg/onload=window.owned=1>)",
  "[by reference][r] ![image by reference][r]",
  "[r]: javascript:window.owned=1",
  "<javascript:window.owned=1> <http://evil.invalid/i>",
  "![dot](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==) ![cat](http://evil.invalid/j.png) ![proto](//evil.invalid/k.png) ![svg](data:image/svg+xml;base64,PHN2Zz4=)",
  `![quote](x"onerror="window.owned=1) [title](https://evil.invalid/l "x\\" onmouseover=\\"window.owned=1")`,
  '```"><script>window.owned=1</script>\n<script>window.owned=1</script>\n```',
  "| <b onmouseover=window.owned=1>a</b> | b |\n|---|---|\n| <script>window.owned=1</script> | ![x](http://evil.invalid/m.png) |",
  "safe \u202Etxt.exe\u202C and \u2066hidden\u2069, &#x202E;txt.exe, zero\u200Bwidth, \u001b[31mred\u0007",
  "</div></section></main><h1>Out</h1>",
  "__proto__ constructor {{7*7}} ${7*7}",
];
const HOSTILE = ATTEMPTS.join("\n\n");
const LINE = `${ATTEMPTS[0]} ${ATTEMPTS[1]} \u202Eevil\u202C`;

const attribute = (key: string, value: unknown) => ({
  key,
  value: { stringValue: typeof value === "string" ? value : JSON.stringify(value) },
});

type Sent = {
  readonly id: number;
  readonly parent?: number;
  readonly ended?: false;
  readonly with: Record<string, unknown>;
};

/** A session in which every text is hostile, and which waits for an answer. */
function spans(session: string) {
  const start = BigInt(Date.now()) * 1_000_000n - 60_000_000_000n;
  const at = (seconds: number): string => String(start + BigInt(seconds) * 1_000_000_000n);
  const span = ({ id, parent, ended, with: attributes }: Sent) => ({
    traceId: TRACE,
    spanId: String(id).padStart(16, "0"),
    ...(parent === undefined ? {} : { parentSpanId: String(parent).padStart(16, "0") }),
    name: id === 5 ? "elicit" : LINE,
    startTimeUnixNano: at(id),
    ...(ended === false ? {} : { endTimeUnixNano: at(id + 1) }),
    attributes: Object.entries({ "session.id": session, "user.id": LINE, ...attributes }).map(([key, value]) =>
      attribute(key, value),
    ),
    events: [{ timeUnixNano: at(id), name: LINE, attributes: [attribute(LINE, HOSTILE)] }],
    links: [{ traceId: TRACE, spanId: "00000000000000ff", attributes: [attribute("link", HOSTILE)] }],
    ...(id === 3 ? { status: { code: 2, message: HOSTILE } } : {}),
  });
  const message = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] });
  return [
    span({ id: 1, ended: false, with: { "query.name": LINE, "input.value": HOSTILE } }),
    span({
      id: 2,
      parent: 1,
      ended: false,
      with: {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": LINE,
        "input.value": HOSTILE,
        "output.value": HOSTILE,
      },
    }),
    span({
      id: 3,
      parent: 2,
      with: {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": LINE,
        "gen_ai.tool.call.arguments": { [LINE]: HOSTILE, path: HOSTILE },
        "gen_ai.tool.call.result": { html: HOSTILE, [HOSTILE.slice(0, 300)]: [LINE] },
        "exception.stacktrace": HOSTILE,
      },
    }),
    span({
      id: 4,
      parent: 2,
      with: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": LINE,
        "gen_ai.system_instructions": [{ type: "text", content: HOSTILE }],
        "gen_ai.input.messages": [message("user", HOSTILE), message("assistant", LINE), message(LINE, HOSTILE)],
        "gen_ai.output.messages": [
          {
            role: "assistant",
            parts: [
              { type: "text", content: HOSTILE },
              { type: "reasoning", content: HOSTILE },
              { type: LINE, content: HOSTILE },
              { type: "tool_call", id: LINE, name: LINE, arguments: { [LINE]: HOSTILE } },
            ],
          },
        ],
        "gen_ai.usage.input_tokens": "12",
      },
    }),
    span({
      id: 5,
      parent: 2,
      ended: false,
      with: { "mcp.method.name": "elicitation/create", "mcp.elicitation.message": LINE },
    }),
    span({
      id: 6,
      parent: 2,
      with: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m",
        "gen_ai.output.messages": [message("assistant", `# ${"<b>".repeat(350_000)}`)],
      },
    }),
  ];
}

/** What a page must never have, and what it says that it has. */
function drawn() {
  const own = "script, iframe, style, object, embed, link, form[action], base, meta, video, math, foreignObject, use";
  const all = Array.from(document.querySelectorAll("#page *"));
  return {
    elements: Array.from(document.querySelectorAll(`#page :is(${own})`), ({ outerHTML }) => outerHTML.slice(0, 200)),
    handlers: all.flatMap((one) =>
      Array.from(one.attributes, ({ name }) => name).filter((name) => /^on|^srcdoc$|^formaction$/.test(name)),
    ),
    styled: all.filter((one) => getComputedStyle(one).display === "none" && one === document.body).length,
    images: Array.from(document.images, ({ src }) => src.slice(0, 22)).filter(
      (src) => src !== "data:image/png;base64,",
    ),
    links: Array.from(document.querySelectorAll<HTMLAnchorElement>("#page a"))
      .filter(({ href, rel, target }) => {
        const { protocol, origin } = new URL(href);
        const isOut = /^(https?|mailto):$/.test(protocol) && rel === "noreferrer noopener" && target === "_blank";
        return origin !== location.origin && !isOut;
      })
      .map(({ href }) => href),
    // Characters that turn or hide what is read.
    hidden: [
      document.title,
      document.body.textContent ?? "",
      ...all.flatMap((one) => one.getAttribute("title") ?? one.getAttribute("aria-label") ?? []),
    ]
      // oxlint-disable-next-line no-control-regex -- they are what no text may have
      .flatMap((text) => /.{0,20}[\u202a-\u202e\u2066-\u2069\u200b\u001b\u0007].{0,20}/u.exec(text)?.[0] ?? [])
      .map((text) => JSON.stringify(text)),
    owned: "owned" in window,
    refused: (window as unknown as { refused: string[] }).refused,
  };
}

const CLEAN = { elements: [], handlers: [], styled: 0, images: [], links: [], hidden: [], owned: false, refused: [] };

async function press(page: Page, name: string | RegExp, most = 12): Promise<void> {
  const buttons = page.getByRole("button", { name });
  for (let left = most; left > 0 && (await buttons.count()) > 0; left--) await buttons.first().click();
}

test("hostile texts run nothing, ask no other host and stay in their place, in every reading", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const session = `hostile <img src=x onerror="window.owned=1"> \u202Eevil`;
  const post = async (signal: string, body: unknown): Promise<void> => {
    const response = await fetch(`${url}/v1/${signal}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  };
  const resource = { attributes: [attribute("service.name", LINE), attribute(LINE, HOSTILE)] };
  await post("traces", {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: LINE, version: LINE }, spans: spans(session) }] }],
  });
  const now = String(BigInt(Date.now()) * 1_000_000n);
  await post("logs", {
    resourceLogs: [
      {
        resource,
        scopeLogs: [
          {
            logRecords: [
              {
                traceId: TRACE,
                spanId: "0000000000000003",
                timeUnixNano: now,
                severityText: LINE,
                severityNumber: 17,
                eventName: LINE,
                body: { stringValue: HOSTILE },
                attributes: [attribute(LINE, HOSTILE)],
              },
              { traceId: TRACE, timeUnixNano: now, severityNumber: 9, body: { stringValue: LINE } },
            ],
          },
        ],
      },
    ],
  });
  // A refusal quotes what it refuses.
  await fetch(`${url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body: LINE });

  const { page, complaints, picture } = await openPage();
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url)) foreign.push(request.url());
  });
  await page.addInitScript(() => {
    const refused: string[] = [];
    (globalThis as unknown as { refused: string[] }).refused = refused;
    document.addEventListener("securitypolicyviolation", (event) =>
      refused.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  const check = async (place: string): Promise<void> => {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await page.evaluate(drawn), place).toEqual(CLEAN);
  };

  await page.goto(`${url}/sessions`);
  const row = page.getByRole("row").filter({ hasText: "Waiting" });
  await row.getByRole("link").waitFor();
  await check("list");
  // The code that keeps the title comes after the first rows.
  await expect.poll(() => page.title()).toMatch(/^\(1 waiting\)/);
  await page.getByRole("button", { name: /^Last export/ }).click();
  await check("exports");
  await picture("hostile-list");
  await page.goto(`${url}/sessions?q=${encodeURIComponent("<script>")}&agent=${encodeURIComponent(LINE)}`);
  await page.getByRole("row").filter({ hasText: "Waiting" }).waitFor();
  await page.getByRole("button", { name: /^Filter/ }).click();
  await check("list, searched and filtered");

  const at = `${url}/sessions/${encodeURIComponent(session)}`;
  await page.goto(at);
  await page.locator(".markdown").first().waitFor();
  await expect.poll(() => page.title()).toContain("<script>");
  await press(page, "Open");
  await press(page, /^Show image/);
  await press(page, /^Show all/, 3);
  await check("transcript");
  await picture("hostile-transcript");
  await page.keyboard.press("m");
  await check("transcript, raw");
  await page.getByRole("button", { name: "Details, export, delete" }).click();
  await check("menu");

  for (const [view, wanted] of [
    ["timeline", page.getByRole("treegrid").getByRole("row")],
    ["timeline&critical=true", page.getByRole("treegrid").getByRole("row")],
    ["steps&steps=model", page.getByRole("table").getByRole("row")],
    ["steps&steps=tool", page.getByRole("table").getByRole("row")],
    ["steps&steps=agent", page.getByRole("table").getByRole("row")],
    ["steps&steps=operation", page.getByRole("table").getByRole("row")],
    ["logs", page.getByText("<script>").first()],
    ["timeline&q=onerror", page.locator(".is-hit").first()],
  ] as const) {
    await page.goto(`${at}?view=${view}`);
    await wanted.first().waitFor();
    await check(view);
  }
  for (const id of [1, 2, 3, 4, 5, 6]) {
    await page.goto(`${at}?view=timeline&panel=wide&span=${TRACE}:${String(id).padStart(16, "0")}`);
    const panel = page.getByRole("complementary", { name: "Span" });
    const tabs = panel.getByRole("tab");
    await tabs.first().waitFor();
    for (let tab = 0; tab < (await tabs.count()); tab++) {
      await tabs.nth(tab).click();
      await panel
        .locator("details:not([open]) > summary")
        .evaluateAll((all) => all.forEach((one) => (one as HTMLElement).click()));
      await press(page, /^Show image/);
      await check(`inspector of span ${id}, ${await tabs.nth(tab).textContent()}`);
    }
    await tabs.first().click();
    if (id === 4) await picture("hostile-inspector");
  }
  await page.goto(`${at}?view=logs`);
  await page.getByRole("row").filter({ hasText: "script" }).first().click();
  await page.getByRole("complementary", { name: "Log record" }).waitFor();
  await check("log record");

  expect(foreign).toEqual([]);
  expect(complaints).toEqual([]);
});
