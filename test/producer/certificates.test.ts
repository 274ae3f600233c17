import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startTelemetry, withSpan } from "../../packages/producer/src/index.ts";
import { temporaryDirectory } from "../program/program.ts";

const missing = spawnSync("openssl", ["version"]).status !== 0;
if (missing) console.warn("Certificates are not tested: openssl is missing");

test.skipIf(missing)("the primary exporter trusts the certificate that is named, and shows its own", async () => {
  const directory = await temporaryDirectory();
  const [cert, key] = [join(directory, "cert.pem"), join(directory, "key.pem")];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"];
  spawnSync("openssl", [...request, "-addext", "subjectAltName=DNS:localhost", "-out", cert, "-keyout", key]);
  const pem = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(cert) };
  const clients: string[] = [];
  const server = createServer({ ...pem, requestCert: true, rejectUnauthorized: true }, (incoming, response) => {
    clients.push((incoming.socket as TLSSocket).getPeerCertificate().subject.CN?.toString() ?? "");
    incoming.resume().once("end", () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  try {
    const telemetry = startTelemetry({
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://localhost:${(server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_CERTIFICATE: cert,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: cert,
      OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: key,
    });
    withSpan("work", {}, () => {});
    await telemetry.shutdown();
    expect(clients).toEqual(["localhost"]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
