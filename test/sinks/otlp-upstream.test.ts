import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { fetchTransport, MAX_ANSWER_BYTES } from "../../src/sinks/http/fetch-transport.ts";
import { judgeUrl } from "../../src/sinks/http/judge-url.ts";
import { otlpUpstream } from "../../src/sinks/upstreams/otlp-upstream.ts";
import type { SignalBatch, UpstreamTarget } from "../../src/sinks/upstreams/otlp-upstream.ts";
import { libraryDecode } from "../otlp/oracle.ts";
import { span, TRACE } from "../otlp/requests.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let close: (() => void) | undefined;
afterEach(() => close?.());

/** A receiver on loopback. Answers its URL. */
async function receiver(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => answer(request, response));
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
}

const BATCH: SignalBatch & { readonly signal: "traces" } = {
  signal: "traces",
  items: 1,
  resourceSpans: [{ scopeSpans: [{ spans: [span() as never] }] }],
  via: [],
};

function target(url: string, fields: Partial<UpstreamTarget> = {}): UpstreamTarget {
  return { url, protocol: "http/protobuf", compression: "none", headers: {}, ...fields };
}

async function outcomeOf(answer: Answer, millis = 5_000, headers: Record<string, string> = {}): Promise<string> {
  const sink = otlpUpstream(target(await receiver(answer), { headers }), "self");
  const outcome = await sink.deliver(BATCH, fetchTransport, AbortSignal.timeout(millis));
  return JSON.stringify(outcome).replaceAll(/127\.0\.0\.1:\d+/g, "HOST");
}

function answering(status: number, body: string | Buffer = "", headers: Record<string, string> = {}): Answer {
  return (_, response) => response.writeHead(status, headers).end(body);
}

describe("what a receiver's answer means", () => {
  test.each<[string, Answer, string]>([
    ["200", answering(200), '{"outcome":"accepted"}'],
    ["202", answering(202, "queued"), '{"outcome":"accepted"}'],
    [
      "a partial success in JSON",
      answering(200, '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too\\nold"}}', {
        "content-type": "application/json",
      }),
      '{"outcome":"accepted","rejected":{"items":2,"reason":"too old"}}',
    ],
    [
      "a partial success in protobuf",
      answering(200, Buffer.from("0a0908031205626164206f", "hex"), { "content-type": "application/x-protobuf" }),
      '{"outcome":"accepted","rejected":{"items":3,"reason":"bad o"}}',
    ],
    [
      "a web page",
      answering(200, "<!DOCTYPE html><title>Log in</title>", { "content-type": "text/html; charset=utf-8" }),
      '{"outcome":"refused","reason":"there is no OTLP endpoint: a web page answers"}',
    ],
    ["400", answering(400, "bad\u001b[31m"), '{"outcome":"refused","reason":"the receiver answers 400: bad [31m"}'],
    ["401", answering(401), '{"outcome":"refused","reason":"the receiver answers 401"}'],
    ["403", answering(403), '{"outcome":"refused","reason":"the receiver answers 403"}'],
    ["404", answering(404), '{"outcome":"refused","reason":"the receiver answers 404"}'],
    ["500", answering(500), '{"outcome":"refused","reason":"the receiver answers 500"}'],
    ["413", answering(413), '{"outcome":"split","reason":"the receiver answers 413"}'],
    ["429", answering(429), '{"outcome":"retry","reason":"the receiver answers 429"}'],
    [
      "503 with a pause",
      answering(503, "", { "retry-after": "7" }),
      '{"outcome":"retry","reason":"the receiver answers 503","afterMillis":7000}',
    ],
    [
      "a redirect to another host",
      answering(307, "", { location: "https://elsewhere.example/v1/traces?key=secret" }),
      '{"outcome":"refused","reason":"the receiver answers 307 and points to elsewhere.example, which is not followed"}',
    ],
    [
      "a loop",
      answering(508),
      '{"outcome":"accepted","rejected":{"items":1,"reason":"a loop: the spans come from this receiver"}}',
    ],
  ])("%s", async (_, answer, expected) => {
    expect(await outcomeOf(answer)).toBe(expected);
  });

  test("a failure in protobuf says its message", async () => {
    const type = { "content-type": "application/x-protobuf" };
    const message = "the project of this key was deleted";
    const status = Buffer.from([0x08, 3, 0x12, message.length, ...Buffer.from(message)]);
    expect(await outcomeOf(answering(400, status, type))).toBe(
      `{"outcome":"refused","reason":"the receiver answers 400: ${message}"}`,
    );
    expect(await outcomeOf(answering(503, "no protobuf at all", type))).toBe(
      '{"outcome":"retry","reason":"the receiver answers 503: no protobuf at all"}',
    );
  });

  // spec: SINK-9
  test("a receiver that repeats the headers' values, whole or in part, reveals none of them", async () => {
    const headers = { Authorization: "Basic cGstbGYtMTIzOnNrLWxmLTQ1Ng==", "x-api-key": "sk-secret" };
    const echo =
      "Basic cGstbGYtMTIzOnNrLWxmLTQ1Ng== | cGstbGYtMTIzOnNrLWxmLTQ1Ng== | pk-lf-123 | sk-lf-456 | sk-secret";
    const hidden = "[hidden] | [hidden] | [hidden] | [hidden] | [hidden]";
    expect(await outcomeOf(answering(401, echo), 5_000, headers)).toBe(
      `{"outcome":"refused","reason":"the receiver answers 401: ${hidden}"}`,
    );
    const partial = JSON.stringify({ partialSuccess: { rejectedSpans: "1", errorMessage: echo } });
    expect(await outcomeOf(answering(200, partial, { "content-type": "application/json" }), 5_000, headers)).toBe(
      `{"outcome":"accepted","rejected":{"items":1,"reason":"${hidden}"}}`,
    );
    // What is cut off begins no credential.
    expect(await outcomeOf(answering(400, `${"x".repeat(195)} sk-secret`), 5_000, headers)).not.toContain("sk-");
  });

  test("an address that nothing answers says what may be wrong", async () => {
    const reasonOf = async (url: string): Promise<string> => {
      const transport = async () => await Promise.reject(new Error("internal error; reference = 3o3a7et816uc2cgb"));
      return JSON.stringify(await otlpUpstream(target(url), "self").deliver(BATCH, transport, AbortSignal.timeout(99)));
    };
    expect(await reasonOf("https://nosuch.example.com/v1/traces")).toBe(
      '{"outcome":"retry","reason":"nosuch.example.com could not be reached: no connection, or no address of this name is known here"}',
    );
    expect(await reasonOf("http://jaeger:4317/v1/traces")).toContain(
      "Port 4317 is that of OTLP/gRPC: OTLP/HTTP has 4318",
    );
  });

  test("a reset connection and a receiver that does not answer are tried again", async () => {
    expect(await outcomeOf((_, response) => response.destroy())).toMatch(
      /^\{"outcome":"retry","reason":"HOST could not be reached/,
    );
    expect(await outcomeOf(() => undefined, 50)).toBe('{"outcome":"retry","reason":"HOST did not answer in time"}');
  });

  test("a redirect within the host is followed, with method and body", async () => {
    const paths: string[] = [];
    const answer: Answer = (request, response) => {
      paths.push(`${request.method} ${request.url} ${request.headers["content-length"]}`);
      if (request.url === "/v1/traces") response.writeHead(308, { location: "/otlp/v1/traces" }).end();
      else response.writeHead(200).end();
    };
    expect(await outcomeOf(answer)).toBe('{"outcome":"accepted"}');
    expect(paths.map((path) => path.replace(/\d+$/, "N"))).toEqual(["POST /v1/traces N", "POST /otlp/v1/traces N"]);
    expect(paths[0]?.split(" ")[2]).toBe(paths[1]?.split(" ")[2]);
  });

  test("an answer is read up to 64 kB", async () => {
    const url = await receiver((_, response) => {
      response.writeHead(400);
      const more = (): void => {
        while (response.write(Buffer.alloc(1_000_000, "x")));
      };
      response.on("drain", more);
      more();
    });
    const request = { url, headers: {}, body: new Uint8Array(1) };
    const answer = await fetchTransport(request, AbortSignal.timeout(20_000));
    expect(answer.body.length).toBe(MAX_ANSWER_BYTES);
  });
});

describe("what is sent", () => {
  async function sent(fields: Partial<UpstreamTarget>, batch: SignalBatch = BATCH) {
    const requests: { headers: Record<string, string>; body: Uint8Array }[] = [];
    const sink = otlpUpstream(target("https://a.example/v1/traces", fields), "self");
    const outcome = await sink.deliver(
      batch,
      async ({ headers, body }) => {
        requests.push({ headers: { ...headers }, body });
        return { status: 200, headers: new Headers(), body: new Uint8Array() };
      },
      AbortSignal.timeout(1_000),
    );
    return { outcome, ...requests[0] };
  }

  test("protobuf, gzip, the upstream's headers, and the instances that the spans passed", async () => {
    const { headers, body } = await sent(
      { compression: "gzip", headers: { Authorization: "Basic cGs6c2s=" } },
      { ...BATCH, via: ["first"] },
    );
    expect(headers).toEqual({
      Authorization: "Basic cGs6c2s=",
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
      "spanfold-via": "first,self",
    });
    expect(libraryDecode(gunzipSync(body ?? new Uint8Array()))).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: TRACE, name: "chat" }] }] }],
    });
  });

  test("JSON has no field that is not OTLP's", async () => {
    const value = { stringValue: "cut", offloaded: { hash: "h", bytes: 9, cutFrom: 10 } };
    const spans = [span({ attributes: [{ key: "offloaded", value }] }) as never];
    const batch = { ...BATCH, resourceSpans: [{ scopeSpans: [{ spans }] }] };
    const { headers, body } = await sent({ protocol: "http/json" }, batch);
    expect(headers?.["content-type"]).toBe("application/json");
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual({
      resourceSpans: [
        { scopeSpans: [{ spans: [span({ attributes: [{ key: "offloaded", value: { stringValue: "cut" } }] })] }] },
      ],
    });
  });

  test("a request of more than 4 MB is halved before it is sent, unless it is one span", async () => {
    const large = span({ attributes: [{ key: "k", value: { stringValue: "x".repeat(4_000_001) } }] }) as never;
    const one = { ...BATCH, resourceSpans: [{ scopeSpans: [{ spans: [large] }] }] };
    expect((await sent({}, one)).outcome).toEqual({ outcome: "accepted" });
    const two = { ...BATCH, items: 2, resourceSpans: [{ scopeSpans: [{ spans: [large, large] }] }] };
    const { outcome, body } = await sent({}, two);
    expect(outcome.outcome).toBe("split");
    expect(body).toBeUndefined();
  });
});

// spec: SINK-11
test("private hosts, metadata, addresses and http are refused unless they are allowed", () => {
  const urls = [
    "https://cloud.langfuse.com/api/public/otel/v1/traces",
    "http://cloud.langfuse.com/v1/traces",
    "https://localhost:4318/v1/traces",
    "https://LOCALHOST./v1/traces",
    "https://127.0.0.1/v1/traces",
    "https://0x7f.1/v1/traces",
    "https://2130706433/v1/traces",
    "https://[::1]/v1/traces",
    "https://[::ffff:10.0.0.1]/v1/traces",
    "https://metadata.google.internal/v1/traces",
    "https://169.254.169.254/v1/traces",
    "https://jaeger:4318/v1/traces",
    "https://langfuse.default.svc:3000/v1/traces",
    "https://langfuse.default.svc.cluster.local:3000/v1/traces",
    "https://user:secret@api.honeycomb.io/v1/traces",
    "ftp://api.honeycomb.io/v1/traces",
    "api.honeycomb.io",
    "localhost:4318",
    "https://",
  ];
  const verdicts = urls.map((url) => {
    const judged = judgeUrl(url, "refused");
    return judged.ok ? "ok" : judged.error;
  });
  expect(verdicts).toEqual([
    "ok",
    "it must be https: a deployment sends over the internet",
    "localhost is a name of a private network",
    "localhost is a name of a private network",
    "127.0.0.1 is an address: name the host",
    "127.0.0.1 is an address: name the host",
    "127.0.0.1 is an address: name the host",
    "[::1] is an address: name the host",
    "[::ffff:a00:1] is an address: name the host",
    "metadata.google.internal is a name of a private network",
    "169.254.169.254 is an address: name the host",
    "jaeger is a name of a private network",
    "langfuse.default.svc is a name inside a cluster: only a program in that cluster reaches it",
    "langfuse.default.svc.cluster.local is a name inside a cluster: only a program in that cluster reaches it",
    "it has a user or password: send them as an Authorization header",
    "it must begin with https:// or http://",
    "it must begin with https:// or http://",
    "it must begin with https:// or http://",
    "it is not a URL",
  ]);
  expect(urls.filter((url) => judgeUrl(url, "allowed").ok)).toEqual(urls.slice(0, 14));
});
