import { createServer } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { inflate } from "../../src/lib/body-codec.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";

/** How a receiver answers: it takes spans, answers a status for ever, says nothing, or cuts the connection. */
export type Behaviour = "take" | "hang" | "cut" | { readonly status: number; readonly headers?: OutgoingHttpHeaders };

/** A receiver on loopback. It stores every export that it takes in the form of the log. */
export async function receiver(behaviour: Behaviour = "take", port = 0) {
  const exports: ResourceSpans[][] = [];
  const requests: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  const state = { behaviour };
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? "", headers: request.headers });
    const type = request.headers["content-type"];
    const encoding = type === "application/x-protobuf" ? "protobuf" : "json";
    buffer(request)
      .then((body) => {
        const current = state.behaviour;
        if (current === "hang") return;
        if (current === "cut") return void request.socket.destroy();
        if (current !== "take") return void response.writeHead(current.status, current.headers).end();
        exports.push(received(body, encoding));
        response.writeHead(200, { "content-type": type }).end(encoding === "json" ? "{}" : "");
      })
      .catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    url: `http://${address}/v1/traces`,
    exports,
    /** All requests, also those that were not taken. */
    requests,
    answer: (next: Behaviour) => {
      state.behaviour = next;
    },
    names: () => exports.flatMap(namesIn),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function namesIn(resourceSpans: readonly ResourceSpans[]): string[] {
  return resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) => spans.map(({ name = "" }) => name)),
  );
}

/** The spans of a body, in the form of the log. */
export function received(body: Uint8Array, encoding: "json" | "protobuf"): ResourceSpans[] {
  const decoded = decodeTraces(body, encoding);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.groups.flatMap((group) => {
    const delivery = encodeDelivery(group);
    return JSON.parse(new TextDecoder().decode(inflate(delivery.encoding, delivery.body)));
  });
}

/** "name running" or "name ended", with the parent's name, for each span of an export, in order. */
export function spansIn(resourceSpans: readonly ResourceSpans[], names: ReadonlyMap<string, string>): string[] {
  return resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) =>
      spans.map(({ name, parentSpanId, endTimeUnixNano = "0" }) => {
        const parent = parentSpanId === undefined ? "" : ` under ${names.get(parentSpanId) ?? parentSpanId}`;
        return `${name}${parent} ${endTimeUnixNano === "0" ? "running" : "ended"}`;
      }),
    ),
  );
}
