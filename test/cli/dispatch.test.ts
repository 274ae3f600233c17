import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { COMMANDS } from "../../src/cli/commands.ts";
import { dispatch, UsageError } from "../../src/cli/dispatch.ts";
import type { Command, Run } from "../../src/cli/dispatch.ts";

let printed: string[] = [];
beforeEach(() => {
  printed = [];
  const record = (text: string) => void printed.push(text);
  vi.spyOn(console, "log").mockImplementation(record);
  vi.spyOn(console, "error").mockImplementation(record);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const command = (name: string, run: Run): Command => ({
  name,
  usage: "[session] [--json]",
  summary: `does ${name}`,
  details: ["--json  one object a line"],
  load: () => Promise.resolve({ run }),
});

const echo: Run = (args, environment) => {
  printed.push(`ran with ${JSON.stringify(args)} in ${environment["HOME"]}`);
  return Promise.resolve(3);
};
const table = [command("start", echo), command("list", echo), command("watch", echo)];

async function call(line: string, commands = table): Promise<string> {
  const code = await dispatch(commands, line.split(" ").filter(Boolean), { HOME: "/home/ada" });
  return [code, ...printed.map((text) => text.trim())].join("\n");
}

test("a command runs with what follows its name, and its answer is the exit code", async () => {
  expect(await call("watch a --until finished")).toBe('3\nran with ["a","--until","finished"] in /home/ada');
});

test("without a command the program starts", async () => {
  expect(await call("")).toBe("3\nran with [] in /home/ada");
});

test.each(["--help", "-h", "help"])("%s lists the commands of the table", async (line) => {
  expect(await call(line)).toMatchInlineSnapshot(`
    "0
    Watch agent sessions live. Without a command: start.

      spanfold <command>

      start  does start
      list   does list
      watch  does watch

      --help, -h     this text; after a command, that command's options
      --version, -v"
  `);
});

test.each(["list --help", "list a -h", "help list"])("%s shows one command's options", async (line) => {
  expect(await call(line)).toBe("0\nspanfold list [session] [--json]\n\n  does list\n\n  --json  one object a line");
});

test("what follows -- is no option", async () => {
  expect(await call("list -- --help")).toBe('3\nran with ["--","--help"] in /home/ada');
});

test.each(["--version", "-v"])("%s prints the version of the package", async (line) => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await call(line)).toBe(`0\n${version}`);
});

test.each([
  ["lst", 'There is no command "lst". Did you mean list?'],
  ["wacth", 'There is no command "wacth". Did you mean watch?'],
  ["watsh", 'There is no command "watsh". Did you mean watch?'],
  ["st", 'There is no command "st". Did you mean start?'],
  ["deploy", 'There is no command "deploy".'],
  ["help deploy", 'There is no command "deploy".'],
  ["--port", 'There is no option "--port".'],
])("%s is said to be unknown", async (line, sentence) => {
  expect(await call(line)).toBe(`64\n${sentence}\n  spanfold --help lists the commands.`);
});

test("a wrong option is said in one sentence, with where the options are listed", async () => {
  const strict = command("list", (args) => {
    parseArgs({ args: [...args], options: { json: { type: "boolean" } }, allowPositionals: true });
    throw new UsageError("A session is missing.");
  });
  expect(await call("list", [strict])).toBe("64\nA session is missing.\n  spanfold list --help lists its options.");
  printed = [];
  expect(await call("list --jsn", [strict])).toMatch(/^64\nUnknown option '--jsn'.*\n.*spanfold list --help lists/s);
});

test("a fault of our own is thrown on", async () => {
  const broken = command("list", () => Promise.reject(new TypeError("a bug")));
  await expect(call("list", [broken])).rejects.toThrow("a bug");
});

test("each command of the table has a file that runs it", async () => {
  for (const { name, summary, load } of COMMANDS) {
    expect(summary, name).not.toBe("");
    // The runtime of `start` is loaded too.
    expect((await load()).run, name).toBeTypeOf("function");
  }
});
