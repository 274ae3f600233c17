import { gunzipSync } from "node:zlib";
import { runInDurableObject } from "cloudflare:test";
import { expect, vi } from "vitest";
import type { ResourceSpans } from "../../src/otel/span.ts";
import type { ResourceLogs } from "../../src/otel/log-record.ts";
import { decodeLogs } from "../../src/otlp/logs/decode-logs.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { inflate } from "../../src/lib/body-codec.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { recordsOf } from "./log-records.ts";
import { traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

export const TRACE = traceIdOf("trace");
export const OTHER = traceIdOf("other");
/** A busy machine takes longer than vitest's own patience. */
export const PATIENCE = { timeout: 30_000 };

/** Upstreams' receivers, at the hosts `<name>.example.com`. */
export const receivers: {
  /** What they got: the host and the names of the spans of each request, or `logs` and the bodies of its log records. */
  received: string[];
  /** The first attribute of the last span. */
  lastText: string | undefined;
  answers: (host: string, path: string) => Response;
} = { received: [], lastText: undefined, answers: () => new Response() };

/** A world without any session, whose receivers take everything. Call `vi.restoreAllMocks` afterwards. */
export async function freshReceivers(): Promise<void> {
  await world.freshWorld();
  receivers.received = [];
  receivers.answers = () => new Response();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { host, pathname } = new URL(input as string);
    if (pathname.endsWith("/v1/logs")) {
      receivers.received.push(`${host} logs ${bodiesIn(gunzipSync(init?.body as Uint8Array)).join(" ")}`);
      return receivers.answers(host, pathname);
    }
    const decoded = decodeTraces(gunzipSync(init?.body as Uint8Array), "protobuf");
    if (!decoded.ok) throw new Error("not a request of traces");
    const names = decoded.value.groups.flatMap((group) => {
      const { encoding, body } = encodeDelivery(group);
      const resources = JSON.parse(new TextDecoder().decode(inflate(encoding, body))) as ResourceSpans[];
      const values = group.resources.flatMap(({ scopes }) => scopes.flatMap(({ items }) => items)).at(-1)?.values ?? [];
      receivers.lastText = values.map((value) =>
        JSON.parse(new TextDecoder().decode(inflate(value.encoding, value.body))),
      )[0]?.stringValue;
      return world.spansOf(resources).map(({ span }) => span.name);
    });
    receivers.received.push(`${host} ${names.join(" ")}`);
    return receivers.answers(host, pathname);
  });
}

/** The bodies of a request's log records, in order. */
function bodiesIn(bytes: Uint8Array): string[] {
  const decoded = decodeLogs(bytes, "protobuf");
  if (!decoded.ok) throw new Error("not a request of logs");
  return decoded.value.groups.flatMap((group) => {
    const { encoding, body } = encodeDelivery(group);
    const resources = JSON.parse(new TextDecoder().decode(inflate(encoding, body))) as ResourceLogs[];
    const values = group.resources.flatMap(({ scopes }) =>
      scopes.flatMap(({ items }) => items.flatMap((item) => item.values)),
    );
    return recordsOf(resources).map(({ record: { body: given } }) => {
      const value = values.find(({ hash }) => hash === given?.offloaded?.hash);
      const whole =
        value === undefined ? given : JSON.parse(new TextDecoder().decode(inflate(value.encoding, value.body)));
      return String(whole?.stringValue);
    });
  });
}

export async function put(name: string, fields: object = {}): Promise<void> {
  const body = JSON.stringify({ endpoint: `https://${name}.example.com`, ...fields });
  const response = await world.request(`/admin/upstreams/${name}`, { method: "PUT", body });
  expect(response.status, await response.clone().text()).toBe(200);
}

export async function get(path: string): Promise<unknown> {
  return await (await world.request(`/admin/upstreams${path}`)).json();
}

/** Delivers, and lets everything that follows happen. */
export async function deliver(
  sent: Parameters<typeof world.deliver>[0],
  ids: readonly string[] = [TRACE],
): Promise<void> {
  await world.deliver(sent);
  await world.rest(ids);
}

export function took(): string[] {
  return receivers.received.splice(0).toSorted();
}

export async function outboxOf(id: string): Promise<string[]> {
  return await runInDurableObject(world.objectOf(id), (_, { storage }) =>
    Array.from(storage.kv.list({ prefix: "outbox" }), ([key]) => key),
  );
}

/** Waits until this many attempts in a row failed. */
export async function failed(attempts: number, id = TRACE): Promise<void> {
  await vi.waitFor(async () => {
    const rows = await runInDurableObject(world.objectOf(id), (_, { storage }) =>
      Array.from(storage.kv.list<{ attempts: number; failingSince: number }>({ prefix: "outbox" }), ([, row]) => row),
    );
    expect(rows.map((row) => row.attempts)).toEqual([attempts]);
    expect(rows[0]?.failingSince).toBeGreaterThan(0);
  }, PATIENCE);
}

/** Each request takes so long. */
export function takingMillis(millis: number, answer: () => Response = () => new Response()): () => Response {
  return () => {
    world.pass(millis);
    return answer();
  };
}
