import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { rebuildList } from "../../src/cli/start/rebuild-list.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const NOTHING = { logs: 0, damaged: 0, adopted: 0, unanswered: 0 };
const OWN = [
  { object: "a", log: "A" },
  { object: "b", log: "B" },
];

async function program(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A data directory whose list has to be compared. */
async function dataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "spanfold-test-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, "rebuild"), "");
  return directory;
}

const lineOf = (line: object) => `${JSON.stringify(line)}\n`;

test("a rebuild that takes long shows how far it is, and is awaited", async () => {
  const directory = await dataDirectory();
  const said: string[] = [];
  let next = () => {};
  const answers = [
    { ...NOTHING, adopted: 20 },
    { ...NOTHING, adopted: 40 },
    { ...NOTHING, adopted: 60 },
    { ...NOTHING, adopted: 60, logs: 5_000 },
    { ...NOTHING, adopted: 60, logs: 5_100, complete: true },
  ].map(lineOf);
  const url = await program(({ headers }, response) => {
    expect(headers.accept).toBe("application/x-ndjson");
    next = () => {
      // The second one comes soon after the first one, the others after minutes.
      vi.setSystemTime(Date.now() + (answers.length >= 4 ? 100 : 290_000));
      const line = answers.shift();
      if (line !== undefined) response.write(line, () => setTimeout(next, 20));
      else response.end();
    };
    next();
  });
  const outcome = await rebuildList(url, directory, { own: OWN }, {}, (sentence) => said.push(sentence));
  expect(said).toEqual([
    "Large logs found in files of their own: 60. Logs compared with the list: 0.",
    "Large logs found in files of their own: 60. Logs compared with the list: 5,000.",
  ]);
  expect(outcome).toBe(
    "The list is made anew from what the databases hold; large ones take minutes. 60 large logs are found in files of their own again.",
  );
  expect(await readdir(directory)).toEqual([]);
});

test("a rebuild whose answer is cut off is made by the next start", async () => {
  const directory = await dataDirectory();
  const url = await program((_, response) => response.end(lineOf({ ...NOTHING, adopted: 20 })));
  const outcome = await rebuildList(url, directory, { own: OWN }, {}, () => undefined);
  expect(outcome).toBe("The list could not be made anew, and will be by the next start: the answer was cut off");
  expect(await readdir(directory)).toEqual(["rebuild"]);
});

test("a refusal is said, with its reason", async () => {
  const directory = await dataDirectory();
  const url = await program((_, response) => response.writeHead(403).end("not this one"));
  const outcome = await rebuildList(url, directory, {}, { ADMIN_TOKEN: "wrong" }, () => undefined);
  expect(outcome).toContain("will be by the next start: 403 not this one");
  expect(await readdir(directory)).toEqual(["rebuild"]);
});
