import { isRecord } from "../../lib/plain-data.ts";
import { parseExactly } from "../json/text.ts";

type Json = Readonly<Record<string, unknown>>;

/** Largest resource and scope around spans, in UTF-8 bytes: each part repeats them. One value of the largest size fits. */
export const MAX_AROUND = 1024 * 1024;

const LISTS = [
  ["scopeSpans", "spans"],
  ["scopeLogs", "logRecords"],
] as const;

/**
 * Splits the text of a ResourceSpans or ResourceLogs in two, each with half of the spans. `undefined` if it has fewer than
 * two spans, or too much text around them.
 */
export function halvesOf(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] | undefined {
  const parsed = parseExactly(new TextDecoder().decode(bytes));
  if (!parsed.ok || !isRecord(parsed.value)) return undefined;
  const resource: Json = parsed.value;
  for (const [scopesKey, itemsKey] of LISTS) {
    const scopes = resource[scopesKey];
    if (!Array.isArray(scopes)) continue;
    const all = scopes.filter(isRecord).flatMap((scope: Json) => {
      const items: readonly unknown[] = Array.isArray(scope[itemsKey]) ? scope[itemsKey] : [];
      return items.map((item) => ({ scope, item }));
    });
    if (all.length < 2) return undefined;
    const middle = all.length >> 1;
    const half = (from: number, to: number): Uint8Array => {
      const byScope = new Map<Json, unknown[]>();
      for (const { scope, item } of all.slice(from, to)) {
        const items = byScope.get(scope);
        if (items === undefined) byScope.set(scope, [item]);
        else items.push(item);
      }
      const list = Array.from(byScope, ([scope, items]) => ({ ...scope, [itemsKey]: items }));
      return new TextEncoder().encode(JSON.stringify({ ...resource, [scopesKey]: list }));
    };
    const halves = [half(0, middle), half(middle, all.length)] as const;
    // Both halves repeat the text around the spans.
    const around = halves[0].length + halves[1].length - bytes.length;
    return around > MAX_AROUND ? undefined : halves;
  }
  return undefined;
}
