import { createServer } from "node:net";
import { once } from "node:events";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run, temporaryDirectory } from "./program.ts";

async function refusal(environment: Record<string, string>): Promise<string> {
  const { code, output } = await run("npm start", [], { PORT: "0", ...environment });
  return `${code}: ${output.trim()}`;
}

const elsewhere = "Choose a folder that this user can write to: DATA_DIR=.data-2 npm start";

test("a data directory that is a file, or is under one, is refused with an explanation", async () => {
  const file = join(await temporaryDirectory(), "notes.txt");
  await writeFile(file, "mine");
  expect(await refusal({ DATA_DIR: file })).toBe(`1: DATA_DIR cannot be used: ${file} is not a folder. ${elsewhere}`);
  const under = join(file, "a", "b");
  expect(await refusal({ DATA_DIR: under })).toBe(`1: DATA_DIR cannot be used: ${file} is not a folder. ${elsewhere}`);
});

test("a data directory that is a broken link is refused", async () => {
  const link = join(await temporaryDirectory(), "link");
  await symlink(`${link}-target`, link);
  expect(await refusal({ DATA_DIR: link })).toBe(`1: DATA_DIR cannot be used: ${link} is not a folder. ${elsewhere}`);
});

test.runIf(process.platform === "linux")("a data directory that even root cannot create is refused", async () => {
  expect(await refusal({ DATA_DIR: "/proc/spanfold/data" })).toMatch(/^1: DATA_DIR cannot be used: .*\/proc\/spanfold/);
  expect(await refusal({ DATA_DIR: "/proc" })).toMatch(/^1: DATA_DIR cannot be used: .*\/proc/);
});

test("a data directory with an invalid claim is refused", async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "claim.sqlite"), "no database ".repeat(100));
  expect(await refusal({ DATA_DIR: directory })).toBe(
    `1: DATA_DIR cannot be used: ${directory}/claim.sqlite: file is not a database. ${elsewhere}`,
  );
});

test.each([
  ["no schema file", undefined, "an earlier version"],
  ["a schema from before the first release", "4", "schema 4"],
  ["the schema of a later version", "10", "schema 10"],
])("a data directory with databases and %s is refused", async (_, schema, name) => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, "do", "spanfold-SessionObject"), { recursive: true });
  await writeFile(join(directory, "do", "spanfold-SessionObject", "1.sqlite"), "");
  if (schema !== undefined) await writeFile(join(directory, "schema"), schema);
  expect(await refusal({ DATA_DIR: directory })).toBe(
    `1: ${directory} has data of ${name}, and this version reads schema 8 to 9 only. Export its sessions with the version that wrote them (GET /sessions/<id>/otlp), then start with an empty folder and import them here: DATA_DIR=.data-2 npm start`,
  );
});

// Root may write anywhere except on a read-only mount: test/cli covers this case for all users.
test.skipIf(process.getuid?.() === 0)("a read-only data directory is refused", async () => {
  const directory = join(await temporaryDirectory(), "data");
  await mkdir(directory);
  await chmod(directory, 0o555);
  expect(await refusal({ DATA_DIR: directory })).toBe(
    `1: DATA_DIR cannot be used: this user may not read and write ${directory}. ${elsewhere}`,
  );
});

test.each(["203.0.113.5", "nowhere.invalid", "a b"])("HOST=%s is not an address of this machine", async (HOST) => {
  const DATA_DIR = await temporaryDirectory();
  expect(await refusal({ HOST, DATA_DIR, ADMIN_TOKEN: "admin-secret" })).toBe(
    `1: HOST=${HOST} is not an address of this machine. Leave HOST out for 127.0.0.1, or set 0.0.0.0 for every address.`,
  );
});

test("a port of another program is reported as taken, on all addresses too", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? String(address.port) : "";
  const taken = `1: Port ${port} is taken. Stop what listens there, or choose another: PORT=8788 npm start`;
  for (const HOST of ["127.0.0.1", "0.0.0.0"])
    expect(await refusal({ HOST, PORT: port, DATA_DIR: await temporaryDirectory(), ADMIN_TOKEN: "admin-secret" })).toBe(
      taken,
    );
});

test.each(["abc", "-1", "65536", "80.5"])("PORT=%s is not a port", async (PORT) => {
  const DATA_DIR = await temporaryDirectory();
  expect(await refusal({ PORT, DATA_DIR })).toBe(`1: PORT is "${PORT}": it must be a number from 0 to 65535.`);
});
