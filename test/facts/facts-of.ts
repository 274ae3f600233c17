import type { SpanFacts } from "../../src/facts/facts.ts";

export const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** Unix nanoseconds, `seconds` after a fixed time in 2026. */
export function at(seconds: number): bigint {
  return 1_790_000_000_000_000_000n + BigInt(Math.round(seconds * 1e9));
}

/** A span id: the digits, padded with zeros to 16. */
export function id(digits: string | number): string {
  return String(digits).padStart(16, "0");
}

/** Facts of a span of one second. Size and hash depend on all other facts, as those of a real text would. */
export function factsOf(given: Partial<SpanFacts> & { readonly spanId: string }): SpanFacts {
  const start = given.start ?? at(0);
  const running = given.running ?? false;
  const facts = {
    parentSpanId: "",
    name: `span ${given.spanId.replace(/^0+/, "")}`,
    kind: "internal" as const,
    otlpKind: 1,
    start,
    end: running ? 0n : start + 1_000_000_000n,
    running,
    error: false,
    ...given,
  };
  const text = JSON.stringify(facts, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  return { size: text.length, hash: hashOf(text), ...facts };
}

export function without<T extends object, Field extends keyof T>(from: T, ...fields: Field[]): Omit<T, Field> {
  const left = Object.entries(from).filter(([field]) => !fields.some((unwanted) => unwanted === field));
  return Object.fromEntries(left) as Omit<T, Field>;
}

function hashOf(text: string): string {
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (let unit = 0; unit < text.length; unit++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(unit))) * 0x100_0000_01b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
