import { connect } from "node:net";
import { expect, test } from "vitest";
import { type Program, startProgram, temporaryDirectory } from "./program.ts";

/** The runtime's output for an exception. */
const FAILURE = /\n +at |Uncaught/;

type Answer = { readonly status: string; readonly body: string };

/** The response to raw bytes, which an HTTP client would not send. */
function send({ url, port }: Program, lines: readonly string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: new URL(url).hostname, port: Number(port) });
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      received += text;
    });
    socket.once("error", reject);
    socket.once("end", () => {
      const [head = "", ...body] = received.split("\r\n\r\n");
      resolve({ status: head.split(" ")[1] ?? "", body: body.join("\r\n\r\n") });
    });
    socket.write([...lines, "Connection: close", "", ""].join("\r\n"));
  });
}

test("an invalid Host header gets 400 with an explanation, on every kind of path", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  for (const host of ["a b", "[", "%", "a,b", "a!b", "localhost:99999", "localhost/", "a?b"]) {
    for (const path of ["/sessions", "/v1/traces", "/build/main.js"]) {
      const { status, body } = await send(program, [`GET ${path} HTTP/1.1`, `Host: ${host}`]);
      expect([host, path, status]).toEqual([host, path, "400"]);
      expect(body).toContain("must be a name or an address, with or without a port.");
    }
  }
  const twice = await send(program, ["GET /sessions HTTP/1.1", "Host: localhost", "Host: localhost"]);
  expect(twice.status).toBe("400");
  expect(twice.body).toContain("must be a name or an address, with or without a port.");
  expect((await send(program, ["GET /sessions HTTP/1.1"])).status).toBe("400");
  expect(program.printed()).not.toMatch(FAILURE);
});

test.each(["OPTIONS", "GET"])("the target * of %s gets 400 with an explanation", async (method) => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  for (const host of ["localhost", `localhost:${program.port}`]) {
    const { status, body } = await send(program, [`${method} * HTTP/1.1`, `Host: ${host}`]);
    expect([host, status]).toEqual([host, "400"]);
    expect(body).toContain("The target of the request must be a path that begins with a slash.");
  }
  expect(program.printed()).not.toMatch(FAILURE);
});

test("a target with an authority is judged by the Host header alone", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const own = `localhost:${program.port}`;
  for (const [line, host, expected] of [
    ["GET http://other.example/healthz", own, "200"],
    ["GET http://other.example/sessions", own, "200"],
    ["DELETE http://other.example/sessions/x", own, "404"],
    [`GET http://${own}/sessions`, "other.example", "403"],
    [`DELETE http://${own}/sessions/x`, "other.example", "403"],
    [`POST http://${own}/v1/traces`, "other.example", "403"],
    ["GET //other.example/sessions", own, "404"],
  ] as const) {
    const { status } = await send(program, [`${line} HTTP/1.1`, `Host: ${host}`]);
    expect([line, host, status]).toEqual([line, host, expected]);
  }
  const foreign = [`DELETE http://${own}/sessions/x HTTP/1.1`, `Host: ${own}`, "Origin: http://other.example"];
  expect((await send(program, foreign)).status).toBe("403");
});

test("CONNECT opens no tunnel", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const own = `localhost:${program.port}`;
  for (const target of ["other.example:443", own, "/sessions", "*"]) {
    // The embedded runtime answers by itself. With a handler it would answer 200, whatever the handler does.
    const { status, body } = await send(program, [`CONNECT ${target} HTTP/1.1`, `Host: ${own}`]);
    expect([target, status, body]).toEqual([target, "500", "Internal Server Error"]);
  }
  expect((await send(program, ["GET /healthz HTTP/1.1", `Host: ${own}`])).body).toBe("ok\n");
});

test("headers of the embedded runtime have no effect", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const host = `Host: localhost:${program.port}`;
  for (const header of [
    "MF-Original-URL: ::",
    `MF-Original-URL: http://localhost:${program.port}/nowhere`,
    "MF-CF-Blob: {",
    "MF-Proxy-Shared-Secret: guessed",
    "MF-Route-Override: nowhere",
    "X-Forwarded-Proto: https",
  ]) {
    const answer = await send(program, ["GET /healthz HTTP/1.1", host, header]);
    expect([header, answer.status, answer.body]).toEqual([header, "200", "ok\n"]);
  }
  expect(program.printed()).not.toMatch(FAILURE);
});

test.each([
  ["gzip, deflate, br, zstd", "gzip"],
  ["br, gzip", "br"],
  ["gzip;q=0, br;q=0.5", "br"],
  ["identity", null],
])("Accept-Encoding: %s compresses page and data as %s", async (accepted, encoding) => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  for (const path of ["/build/main.js", "/build/style.css", "/favicon.svg", "/sessions", "/openapi.json"]) {
    const headers = { "accept-encoding": accepted, accept: path === "/sessions" ? "text/html" : "*/*" };
    const response = await fetch(url + path, { headers });
    const text = await response.text();
    expect([path, response.status, response.headers.get("content-encoding")]).toEqual([path, 200, encoding]);
    expect(text).toMatch(path === "/build/main.js" ? /preact|createElement/ : /^[<{.:/@]/);
  }
});
