import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "./free-port.ts";
import { run, start, startProgram, temporaryDirectory } from "./program.ts";
import { wholeExport } from "./read-back.ts";
import { runInTerminal } from "./terminal.ts";

const now = Date.now();
const at = (seconds: number): string => `${now - 60_000 + seconds * 1_000}000000`;
const attributes = (values: Record<string, string>) =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));

type Given = {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  /** Seconds; without an end it runs. */
  readonly times: readonly [number, number?];
  readonly error?: string;
  readonly more?: Record<string, string>;
};

function spansOf(session: string, trace: number, given: readonly Given[]) {
  return given.map(({ id, parent, name, times, error, more = {} }) => ({
    traceId: trace.toString(16).padStart(32, "0"),
    spanId: id.toString(16).padStart(16, "0"),
    ...(parent === undefined ? {} : { parentSpanId: parent.toString(16).padStart(16, "0") }),
    name,
    startTimeUnixNano: at(times[0]),
    ...(times[1] === undefined ? {} : { endTimeUnixNano: at(times[1]) }),
    ...(error === undefined ? {} : { status: { code: 2, message: error } }),
    attributes: attributes({ "session.id": session, ...more }),
  }));
}

async function post(url: string, spans: readonly object[], token?: string): Promise<void> {
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect(response.status).toBe(200);
}

const AGENT = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "desk", "input.value": "Book a seat" };
const tool = (name: string, result: string) => ({
  "gen_ai.operation.name": "execute_tool",
  "gen_ai.tool.name": name,
  "gen_ai.tool.call.arguments": '{"seat":"12A"}',
  "gen_ai.tool.call.result": result,
});

test("a tree redraws in place while a session runs, survives a restart, and ends with its exit code", async () => {
  const DATA_DIR = await temporaryDirectory();
  const PORT = String(await freePort());
  const first = await startProgram({ DATA_DIR, PORT });
  await post(first.url, spansOf("desk-1", 1, [{ id: 1, name: "invoke_agent desk", times: [0], more: AGENT }]));
  const terminal = runInTerminal(["watch", "desk-1", "--until", "finished"], { SPANFOLD_URL: first.url });
  await expect.poll(terminal.text).toMatch(/^Book a seat\nrunning .*1 span.*desk-1\ndesk · .*\n\n● desk/);
  const call = { id: 2, parent: 1, name: "execute_tool book", more: tool("book", "booked") };
  await post(first.url, spansOf("desk-1", 1, [{ ...call, times: [1] }]));
  await expect.poll(terminal.text).toMatch(/\n {2}● book 12A/);
  await first.kill();
  await expect.poll(terminal.text).toContain("Connection lost");
  const second = await startProgram({ DATA_DIR, PORT });
  await expect.poll(terminal.text).not.toContain("Connection lost");
  await post(second.url, spansOf("desk-1", 1, [{ ...call, times: [1, 2] }]));
  await expect.poll(terminal.text).toMatch(/\n {2}✓ book 12A → booked/);
  // Nothing of an earlier picture is left, once the terminal has drawn the whole of the present one.
  await expect.poll(() => terminal.text().match(/Book a seat|book 12A/g)).toEqual(["Book a seat", "book 12A"]);
  await post(second.url, spansOf("desk-1", 1, [{ id: 1, name: "invoke_agent desk", times: [0, 3], more: AGENT }]));
  await expect.poll(terminal.exitCode).toBe(0);
  await expect.poll(terminal.text).toMatch(/^Book a seat\nfinished · 3\.00 s · 2 spans/);
});

test("watch --until finished says by its exit code how a session ended", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const environment = { SPANFOLD_URL: program.url };
  await post(program.url, spansOf("fails", 2, [{ id: 1, name: "run", times: [0, 1], error: "no money", more: AGENT }]));
  const asks = { "mcp.method.name": "elicitation/create", "mcp.elicitation.message": "Which seat?" };
  await post(
    program.url,
    spansOf("asks", 3, [
      { id: 1, name: "run", times: [0], more: AGENT },
      { id: 2, parent: 1, name: "elicitation/create", times: [1], more: asks },
    ]),
  );
  const [failed, waiting] = await Promise.all([
    run("watch", ["fails", "--until", "finished"], environment),
    run("watch", ["asks", "--until", "finished"], environment),
  ]);
  expect(failed).toMatchObject({ code: 1, output: expect.stringContaining("failed") as string });
  expect(waiting).toMatchObject({ code: 4, output: expect.stringContaining("waiting Which seat?") as string });
  await program.stop();
  expect(await run("watch", ["fails", "--until", "finished"], environment)).toMatchObject({
    code: 3,
    output: expect.stringContaining("Nothing listens at") as string,
  });
});

test("--json of a silent session ends when its reader does, such as head", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await post(program.url, spansOf("silent", 5, [{ id: 1, name: "run", times: [0, 1], more: AGENT }]));
  // From then on nothing changes by time alone either.
  await run("watch", ["silent", "--until", "finished", "--url", program.url]);
  const watch = `"${process.execPath}" src/cli/spanfold.ts watch silent --json --url ${program.url}`;
  const shell = spawn("sh", ["-c", `${watch} | head -n 1`], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  onTestFinished(() => {
    // The group is gone when both have ended.
    if (shell.exitCode === null && shell.pid !== undefined) process.kill(-shell.pid, "SIGKILL");
  });
  await once(shell, "close");
  expect(shell.exitCode).toBe(0);
});

test("--json prints the stream's events, one a line, and goes on where an earlier one stopped", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const environment = { SPANFOLD_URL: program.url };
  await post(program.url, spansOf("piped", 4, [{ id: 1, name: "run", times: [0, 1], more: AGENT }]));
  const eventsIn = (output: string) =>
    output
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { type: string; id?: string; resourceVersion?: string });
  const first = eventsIn((await run("watch", ["piped", "--json", "--until", "finished"], environment)).output);
  expect(first.map(({ type }) => type)).toEqual(expect.arrayContaining(["spans", "session", "bookmark"]));
  const since = first.findLast(({ type }) => type === "bookmark")?.resourceVersion ?? "";
  await post(program.url, spansOf("piped", 4, [{ id: 2, parent: 1, name: "late", times: [0, 1] }]));
  // The session has it a moment later, and is finished until then.
  await wholeExport(program.url, "/sessions/piped", 1);
  const { output } = await run("watch", ["piped", "--json", "--since", since, "--until", "finished"], environment);
  for (const how of ["--json", "--md"]) {
    const wrong = await run("watch", ["piped", how, "--since", "yesterday"], environment);
    expect(wrong).toMatchObject({ code: 64, output: expect.stringContaining("--since must ") as string });
  }
  const second = eventsIn(output).filter(({ type }) => type === "spans");
  expect(second).toHaveLength(1);
  expect(JSON.stringify(second)).toContain('"name":"late"');
});

test("sessions are listed, shown as tree, Markdown and JSON, and replayed", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const environment = { SPANFOLD_URL: program.url };
  expect(await run("list", [], environment)).toMatchObject({
    code: 0,
    output: expect.stringContaining("No session yet") as string,
  });
  await post(
    program.url,
    spansOf("shown", 5, [
      { id: 1, name: "run", times: [0, 3], more: AGENT },
      { id: 2, parent: 1, name: "execute_tool book", times: [1, 2], error: "seat taken", more: tool("book", "") },
    ]),
  );
  await expect.poll(async () => (await run("list", [], environment)).output).toContain("Book a seat");
  expect((await run("list", ["seat", "--ids"], environment)).output.trim()).toBe("shown");
  expect((await run("list", ["--agent", "nobody"], environment)).output).toContain("No session matches");
  const wrong = await run("list", ["--status", "done"], environment);
  expect(wrong).toMatchObject({ code: 64, output: expect.stringContaining("--status must be among") as string });
  const words = await run(
    "list",
    Array.from({ length: 17 }, (_, at) => `word${at}`),
    environment,
  );
  expect(words).toMatchObject({
    code: 64,
    output: expect.stringContaining("The words must have at most 16") as string,
  });
  const pace = await run("replay", ["shown", "--idle", "5"], environment);
  expect(pace).toMatchObject({ code: 64, output: expect.stringContaining("--idle must be a duration") as string });
  const tree = await run("show", ["latest"], environment);
  expect(tree.output).toMatch(/^Book a seat\n[\s\S]*✓ desk[\s\S]*\n {2}✗ book 12A → seat taken/);
  // The address of the page names server and session.
  expect((await run("show", [`${program.url}/sessions/shown?view=timeline`])).output).toContain("Book a seat");
  expect((await run("show", ["shown", "--md"], environment)).output).toContain("**Tool** `book`");
  const data = JSON.parse((await run("show", ["shown", "--json"], environment)).output) as {
    session: { spans: number };
  };
  expect(data.session.spans).toBe(2);
  const span = `${"5".padStart(32, "0")}:${"2".padStart(16, "0")}`;
  expect(JSON.parse((await run("show", ["shown", "--span", span], environment)).output)).toMatchObject({
    tool: "book",
  });
  const replayed = await run("replay", ["shown", "--speed", "10000"], environment);
  expect(replayed).toMatchObject({ code: 0, output: expect.stringContaining("book 12A → seat taken") as string });
  expect(await run("show", ["nothing"], environment)).toMatchObject({ code: 1 });
  for (const wrongly of [["a", "b"], [program.url], [`${program.url}/sessions/%E0%A4%A`], ["--token", "two words"]])
    expect(await run("show", wrongly, environment)).toMatchObject({ code: 64 });
  expect(await run("export", ["shown", "-o", "/nowhere/x.json"], environment)).toMatchObject({
    code: 74,
    output: expect.stringContaining("no such file or directory") as string,
  });
});

test("--follow shows who waits, what runs and what ended, and changes with them", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const terminal = runInTerminal(["watch", "--follow"], { SPANFOLD_URL: program.url }, { columns: 120 });
  await expect.poll(terminal.text).toContain("No session yet");
  await post(program.url, spansOf("one", 6, [{ id: 1, name: "run", times: [0], more: AGENT }]));
  await expect.poll(terminal.text).toMatch(/^Running\nrunning {2}Book a seat +one +desk/);
  const asks = { "mcp.method.name": "elicitation/create", "mcp.elicitation.message": "Which seat?" };
  await post(
    program.url,
    spansOf("one", 6, [{ id: 2, parent: 1, name: "elicitation/create", times: [1], more: asks }]),
  );
  await expect.poll(terminal.text).toMatch(/^Needs you\nwaiting {2}Book a seat +one +\? Which seat\?/);
  terminal.press("\u0003");
  await expect.poll(terminal.exitCode).toBe(130);
});

test("import of a folder sends all its files --again, and the ledgers are no files of it", async () => {
  const PORT = String(await freePort());
  const first = await startProgram({ DATA_DIR: await temporaryDirectory(), PORT });
  const folder = await temporaryDirectory();
  const spans = spansOf("moved", 11, [{ id: 1, name: "run", times: [0, 1], more: AGENT }]);
  await writeFile(join(folder, "one.json"), JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  expect((await run("import", [folder, "--url", first.url])).output).toMatch(/^1.span in 1.session\nmoved\n$/);
  await first.stop();
  // The same address, without its data.
  const second = await startProgram({ DATA_DIR: await temporaryDirectory(), PORT });
  const skipped = await run("import", [folder, "--url", second.url]);
  expect(skipped).toMatchObject({ code: 0, output: expect.stringContaining("which --again would send too") as string });
  const again = await run("import", [folder, "--again", "--url", second.url]);
  expect(again).toMatchObject({ code: 0, output: expect.stringMatching(/^1.span in 1.session\nmoved\n$/) as string });
  const files = (await readdir(folder)).map((name) => join(folder, name));
  expect(files).toHaveLength(2);
  expect(await run("import", [...files, "--url", second.url])).toMatchObject({ code: 0 });
});

test("import sends the files after one that is refused, and says which", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const folder = await temporaryDirectory();
  const spans = spansOf("whole", 12, [{ id: 1, name: "run", times: [0, 1], more: AGENT }]);
  await writeFile(join(folder, "a.json"), "{");
  await writeFile(join(folder, "b.json"), JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const { code, output } = await run("import", [folder, "--url", program.url]);
  expect(code).toBe(1);
  expect(output).toMatch(/a\.json: .*\n1.span in 1.session\nwhole\n$/);
  // What was refused is tried again.
  expect((await run("import", [folder, "--url", program.url])).output).toMatch(
    /a\.json: .*\n0.spans .*1.file sent before/,
  );
});

test("a token stays with the server of SPANFOLD_URL", async () => {
  const tokens = { ADMIN_TOKEN: "all" };
  const [own, other] = await Promise.all([
    startProgram({ DATA_DIR: await temporaryDirectory(), ...tokens }),
    startProgram({ DATA_DIR: await temporaryDirectory(), ...tokens }),
  ]);
  const environment = { SPANFOLD_URL: own.url, SPANFOLD_TOKEN: "all" };
  expect((await run("list", [], environment)).output).toContain("No session yet");
  const foreign = await run("list", ["--url", other.url], environment);
  expect(foreign).toMatchObject({
    code: 3,
    output: expect.stringContaining("asks for a token: set --token; SPANFOLD_TOKEN is for SPANFOLD_URL") as string,
  });
  expect((await run("show", [`${other.url}/sessions/x`], environment)).output).toContain("asks for a token");
  expect((await run("list", ["--url", other.url, "--token", "all"], environment)).code).toBe(0);
});

test("without any session the newest trace is meant, and the list says that there are some", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const environment = { SPANFOLD_URL: program.url };
  const [span] = spansOf("none", 13, [{ id: 1, name: "GET /", times: [0, 1] }]);
  await post(program.url, [{ ...span, attributes: [] }]);
  await expect
    .poll(async () => (await run("list", [], environment)).output)
    .toMatch(/No session yet at .*, but 1.other trace: --kind trace/);
  expect((await run("show", [], environment)).output).toContain("GET /");
  const watched = await run("watch", ["--until", "finished"], environment);
  expect(watched).toMatchObject({ code: 0, output: expect.stringContaining("✓ GET /") as string });
});

test("a broken file is refused with its place, and nothing else is lost", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const file = join(await temporaryDirectory(), "broken.json");
  await writeFile(file, '{"resourceSpans":[{"scopeSpans":[{"spans":[{]}');
  const { code, output } = await run("import", [file, "--url", program.url]);
  expect(code).toBe(1);
  expect(output).toMatch(/broken\.json: .*line 1/);
  expect(await run("import", ["/nowhere.json", "--url", program.url])).toMatchObject({ code: 1 });
  expect((await readFile(file, "utf8")).length).toBeGreaterThan(0);
});

test("another program's address is named by every command, which then ends", async () => {
  const other = createServer((_, response) => response.end("<html>Hello</html>"));
  await once(other.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void other.close());
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  for (const [command, ...args] of [
    ["list"],
    ["watch"],
    ["watch", "--follow"],
    ["watch", "x", "--until", "finished"],
    ["show", "x"],
    ["replay", "x"],
    ["doctor"],
    ["verify"],
  ] as const) {
    const { code, output } = await run(command, [...args, "--url", url]);
    const expected = command === "doctor" || command === "verify" ? 1 : 3;
    expect([command, code, output]).toEqual([command, expected, expect.stringContaining("is no Spanfold")]);
  }
});

test("a connection that breaks in an answer is one sentence, whatever was read", async () => {
  const cutting = createServer(({ url }, response) => {
    if (url === "/healthz") return void response.end("ok\n");
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"sessions":[', () => response.destroy());
  });
  await once(cutting.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void cutting.close());
  const url = `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`;
  const folder = await temporaryDirectory();
  const file = join(folder, "one.json");
  await writeFile(file, "{}");
  for (const [command, ...args] of [
    ["list"],
    ["export", "x"],
    ["export", "x", "--output", join(folder, "x.json")],
    ["show", "x", "--md"],
    ["import", file],
    ["setup", "node", "--no-wait"],
    ["watch", "--follow"],
    ["verify"],
  ] as const) {
    const { code, output } = await run(command, [...args, "--url", url]);
    expect([command, code, output]).toEqual([command, 3, expect.stringContaining("cut the connection. Is it still")]);
    expect(output).not.toContain("at ");
  }
  expect(await readdir(folder)).toEqual(["one.json"]);
});

test("watch ends when its session is deleted", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await post(program.url, spansOf("short-lived", 14, [{ id: 1, name: "run", times: [0], more: AGENT }]));
  const watching = start("watch", ["short-lived"], { SPANFOLD_URL: program.url });
  await watching.prints("running");
  await fetch(`${program.url}/sessions/short-lived`, { method: "DELETE" });
  expect(await watching.ended).toMatchObject({
    code: 1,
    output: expect.stringContaining("Session short-lived was deleted.") as string,
  });
});

test("doctor says what is wrong with address, rights and variables", async () => {
  const program = await startProgram({
    DATA_DIR: await temporaryDirectory(),
    ADMIN_TOKEN: "all",
    INGEST_TOKEN: "in",
    VIEW_TOKEN: "out",
  });
  await post(program.url, spansOf("s", 10, [{ id: 1, name: "run", times: [0, 1] }]), "in");
  const bare = await run("doctor", ["--url", program.url]);
  expect(bare).toMatchObject({ code: 1, output: expect.stringContaining("asks for a token") as string });
  const viewer = await run("doctor", ["--url", program.url, "--token", "out"]);
  expect(viewer.output).toMatch(/✓ may be read[\s\S]*• takes no spans with this token/);
  const whole = await run("doctor", ["--url", program.url, "--token", "all"], {
    OTEL_EXPORTER_OTLP_ENDPOINT: program.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
  });
  expect(whole).toMatchObject({
    code: 1,
    output: expect.stringContaining("OTEL_EXPORTER_OTLP_PROTOCOL is grpc") as string,
  });
  expect(whole.output).toMatch(/✓ takes spans[\s\S]*✓ the last export came/);
  const exporter = (headers?: string) =>
    run("doctor", ["--url", program.url, "--token", "out"], {
      OTEL_EXPORTER_OTLP_ENDPOINT: program.url,
      ...(headers === undefined ? {} : { OTEL_EXPORTER_OTLP_HEADERS: headers }),
    });
  expect(await exporter()).toMatchObject({
    code: 1,
    output: expect.stringContaining("✗ OTEL_EXPORTER_OTLP_HEADERS has no token") as string,
  });
  expect(await exporter("x=1,Authorization=Bearer%20out")).toMatchObject({
    code: 1,
    output: expect.stringContaining("✗ the token in OTEL_EXPORTER_OTLP_HEADERS may not send") as string,
  });
  expect(await exporter("authorization=Bearer in")).toMatchObject({
    code: 0,
    output: expect.stringContaining("✓ the token in OTEL_EXPORTER_OTLP_HEADERS may send") as string,
  });
  expect(await exporter("Authorization=Bearer%20two%20words")).toMatchObject({
    code: 1,
    output: expect.stringContaining("✗ OTEL_EXPORTER_OTLP_HEADERS has no token") as string,
  });
  await program.stop();
  expect(await run("doctor", ["--url", program.url])).toMatchObject({ code: 3 });
});

test("doctor and verify know a Spanfold whose health names troubles, and say them", async () => {
  const { url } = await startProgram({
    DATA_DIR: await temporaryDirectory(),
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
  });
  const doctor = await run("doctor", ["--url", url]);
  expect(doctor.output).toMatch(/✓ answers\n {2}• upstream primary is off: .*the protocol is grpc/);
  expect(doctor.code).toBe(0);
  expect(await run("verify", [url])).toMatchObject({ code: 0, output: expect.stringMatching(/✓ answers +200/) });
});

test("doctor and verify say why a program can store nothing", async () => {
  // The answer of a program whose disk is full.
  const full = createServer((_, response) => {
    response
      .writeHead(503, { "content-type": "text/plain; charset=UTF-8" })
      .end("The disk is full. Delete sessions.\n");
  });
  await once(full.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void full.close());
  const url = `http://127.0.0.1:${(full.address() as AddressInfo).port}`;
  const doctor = await run("doctor", ["--url", url]);
  expect(doctor.output).toContain("✗ /healthz answers 503: The disk is full. Delete sessions.");
  expect(doctor.output).not.toContain("names another address");
  expect(doctor.code).toBe(1);
  const verify = await run("verify", [url]);
  expect(verify.output).toMatch(/✗ answers +503: The disk is full. Delete sessions./);
  expect(verify.code).toBe(1);
});
