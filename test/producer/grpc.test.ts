import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { startTelemetry, withSpan } from "../../packages/producer/src/index.ts";
import { grpcReceiver } from "./grpc-receiver.ts";

test("primary and fork send by gRPC, each with its own headers", async () => {
  await using primary = await grpcReceiver();
  await using fork = await grpcReceiver();
  const telemetry = startTelemetry({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${primary.address}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=primary",
    ARK_BROKER_OTLP_ENDPOINT: fork.address,
    ARK_BROKER_OTLP_PROTOCOL: "grpc",
    ARK_BROKER_OTLP_HEADERS: "Authorization=fork",
  });
  withSpan("work", {}, () => {});
  await telemetry.shutdown();
  expect([primary.names, primary.authorizations]).toEqual([["work"], ["primary"]]);
  expect([fork.names, fork.authorizations]).toEqual([["work"], ["fork"]]);
});

test.each([
  ["UNAVAILABLE", status.UNAVAILABLE, 1],
  ["UNAUTHENTICATED", status.UNAUTHENTICATED, 0],
])("spans refused with %s wait or are dropped as OTLP says", async (name, code, waiting) => {
  await using fork = await grpcReceiver(code);
  const lines: string[] = [];
  const forks = [{ endpoint: fork.address, protocol: "grpc" }] as const;
  const telemetry = startTelemetry({}, { forks, log: (line) => lines.push(line) });
  withSpan("work", {}, () => {});
  await telemetry.flush();
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`${name}: no; ${1 - waiting} spans? dropped, ${waiting} waiting$`)),
  ]);
  await telemetry.shutdown();
});
