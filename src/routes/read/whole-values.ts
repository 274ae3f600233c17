import type { SessionObject } from "../../durable/session/session.ts";
import { restoreValues } from "../../otlp/values/restore-values.ts";
import type { AnyValue, ResourceSpans } from "../../trace/span.ts";
import { inflate } from "./inflate.ts";

/** Bytes of compressed values in one answer: an RPC value may have 32 MiB. */
const VALUES_BYTES = 4_000_000;

/** Looks large values up by their hash, all fetched. Throws where one is unknown: a preview must not pass for the whole. */
export async function wholeValues(
  stub: DurableObjectStub<SessionObject>,
  hashes: readonly string[],
): Promise<(hash: string) => AnyValue | undefined> {
  const values = new Map<string, AnyValue>();
  const wanted = Array.from(new Set(hashes));
  while (values.size < wanted.length) {
    for (const value of await stub.values(wanted.slice(values.size), VALUES_BYTES)) {
      if (value === undefined) throw new Error("a value is in the log no more");
      const text = new TextDecoder().decode(inflate(value.encoding, value.body));
      // Canonical text that this program wrote.
      values.set(value.hash, JSON.parse(text) as AnyValue);
    }
  }
  return (hash) => values.get(hash);
}

/** Spans with their large values fetched and put in their places. `hashes`: of the values that they may name. */
export async function withWholeValues(
  stub: DurableObjectStub<SessionObject>,
  resourceSpans: readonly ResourceSpans[],
  hashes: readonly string[],
): Promise<readonly ResourceSpans[]> {
  return restoreValues(resourceSpans, await wholeValues(stub, hashes));
}
