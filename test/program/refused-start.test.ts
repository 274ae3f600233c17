import { createServer } from "node:net";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { run, temporaryDirectory } from "./program.ts";

async function refusal(environment: Record<string, string>): Promise<string> {
  const { code, said } = await run("start.ts", [], { PORT: "0", ...environment });
  return `${code}: ${said.trim()}`;
}

test.each(["203.0.113.5", "nowhere.invalid", "a b"])("HOST=%s is no address of this machine", async (HOST) => {
  const DATA_DIR = await temporaryDirectory();
  expect(await refusal({ HOST, DATA_DIR, ADMIN_TOKEN: "admin-secret" })).toBe(
    `1: HOST=${HOST} is not an address of this machine. Leave HOST out for 127.0.0.1, or set 0.0.0.0 for every address.`,
  );
});

test("a port that is bound by another program is said to be taken, on every address too", async () => {
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

test.each(["abc", "-1", "65536", "80.5"])("PORT=%s is no port", async (PORT) => {
  const DATA_DIR = await temporaryDirectory();
  expect(await refusal({ PORT, DATA_DIR })).toBe(`1: PORT is "${PORT}": it must be a number from 0 to 65535.`);
});
