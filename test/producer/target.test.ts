import { expect, test } from "vitest";
import { readTarget } from "../../packages/producer/src/fork/target.ts";
import type { ForkOptions } from "../../packages/producer/src/fork/target.ts";

const dialled = (options: ForkOptions): string => {
  const outcome = readTarget(options);
  return outcome.ok ? `${outcome.target.protocol} ${outcome.target.url.href}` : outcome.error;
};

test.each<[string, Partial<ForkOptions>, string]>([
  ["http://broker:4318", {}, "http/protobuf http://broker:4318/v1/traces"],
  ["http://broker:4318/", { protocol: "http/json" }, "http/json http://broker:4318/v1/traces"],
  ["https://broker/ark", {}, "http/protobuf https://broker/ark/v1/traces"],
  ["https://broker/ark/v1/traces/", {}, "http/protobuf https://broker/ark/v1/traces"],
  ["broker:8787", {}, "http/protobuf http://broker:8787/v1/traces"],
  ["broker:80", {}, "http/protobuf http://broker/v1/traces"],
  ["broker", {}, "http/protobuf http://broker:4318/v1/traces"],
  ["broker", { protocol: "grpc" }, "grpc http://broker:4317/"],
  ["[::1]:8787", {}, "http/protobuf http://[::1]:8787/v1/traces"],
  ["broker:4317", {}, "grpc http://broker:4317/"],
  ["http://otel-collector:4317", {}, "grpc http://otel-collector:4317/"],
  ["http://otel-collector:4317/v1/traces", {}, "http/protobuf http://otel-collector:4317/v1/traces"],
  ["broker:4317", { protocol: "http/protobuf" }, "http/protobuf http://broker:4317/v1/traces"],
  ["https://broker", { protocol: "grpc" }, "grpc https://broker/"],
  ["", {}, "it is neither an http(s) URL nor host:port"],
  ["unix:///run/otel", {}, "it is neither an http(s) URL nor host:port"],
  ["broker:port", {}, "it is neither an http(s) URL nor host:port"],
  ["ftp://user:secret@broker", {}, "it is neither an http(s) URL nor host:port"],
  ["http://us%er:secret@broker", {}, "it has a user or password that is not percent-encoded"],
  ["http://user:sec%ret@broker", {}, "it has a user or password that is not percent-encoded"],
])("the endpoint %s with %o is dialled as %s", (endpoint, options, expected) => {
  expect(dialled({ endpoint, ...options })).toBe(expected);
});

test("a URL's credentials become a header, and no message has them", () => {
  const outcome = readTarget({ endpoint: "http://user:s%C3%A9cret@broker:4318/in?key=secret" });
  const { label, headers, url } = outcome.ok ? outcome.target : {};
  expect([label, url?.href, headers]).toEqual([
    "http://broker:4318/in/v1/traces",
    "http://broker:4318/in/v1/traces?key=secret",
    { authorization: `Basic ${Buffer.from("user:sécret").toString("base64")}` },
  ]);
});

test("a password without a user becomes a header too", () => {
  const outcome = readTarget({ endpoint: "http://:secret@broker:4318" });
  const { url, headers } = outcome.ok ? outcome.target : {};
  expect([url?.href, headers]).toEqual([
    "http://broker:4318/v1/traces",
    { authorization: `Basic ${Buffer.from(":secret").toString("base64")}` },
  ]);
});
