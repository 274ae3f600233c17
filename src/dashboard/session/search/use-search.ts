import { sessionPath } from "../../address/address.ts";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { MAX_SEARCH, searchPattern } from "../../../session/search/pattern.ts";
import { TextSearch } from "../../../session/search/text-search.ts";
import { isRecord } from "../../../lib/plain-data.ts";
import { authorisedFetch } from "../../server.ts";
import type { DisplayedSession } from "../display-fold.ts";
import { NO_SEARCH, type Search } from "../reading-props.ts";

/** The page stays responsive between parts, milliseconds. */
const PART = 8;
/** Hits are shown at the first one, then so often, milliseconds. */
const SHOW = 100;
/** The server is asked when the reader rests, milliseconds. */
const REST = 300;

/**
 * What a text finds in what the page has loaded, and what the server finds in values that it has not. Earlier hits of the same
 * text stay until the new ones are complete.
 */
export function useSearch(
  text: string,
  { tree, logs }: Pick<DisplayedSession, "tree" | "logs">,
  sessionId: string,
): { readonly search: Search; readonly state: "searching" | "done" } {
  const [found, setFound] = useState<{
    readonly of: string;
    readonly keys: ReadonlySet<string>;
    readonly done: boolean;
  }>();
  const far = useServerHits(text, sessionId);
  const search = useMemo(() => {
    const pattern = searchPattern(text);
    return pattern === undefined ? undefined : new TextSearch(pattern);
  }, [text]);
  const shownFor = useRef("");
  useEffect(() => {
    if (search === undefined) return;
    const keys = new Set<string>();
    const parts = search.keys({ rows: tree.rows, logs });
    const isFirst = shownFor.current !== text;
    let shown = 0;
    let timer: ReturnType<typeof setTimeout>;
    const go = (): void => {
      const started = performance.now();
      for (let next = parts.next(); ; next = parts.next()) {
        if (next.done === true) {
          shownFor.current = text;
          return setFound({ of: text, keys, done: true });
        }
        if (next.value !== undefined) keys.add(next.value);
        if (performance.now() - started > PART) break;
      }
      if (isFirst && keys.size > 0 && performance.now() - shown > SHOW) {
        shown = performance.now();
        setFound({ of: text, keys: new Set(keys), done: false });
      }
      timer = setTimeout(go, 0);
    };
    timer = setTimeout(go, 0);
    return () => clearTimeout(timer);
  }, [search, tree, logs, text]);
  return useMemo(() => {
    if (search === undefined) return { search: NO_SEARCH, state: "done" };
    const own = found?.of === text ? found : undefined;
    const keys = own?.keys ?? new Set<string>();
    const matches =
      far.size === 0 ? keys : new Set([...keys, ...[...far].filter((key) => tree.byKey.get(key) !== undefined)]);
    return { search: { text, matches }, state: own?.done === true ? "done" : "searching" };
  }, [search, found, far, tree, text]);
}

const NONE: ReadonlySet<string> = new Set();

/** Keys of the spans that the server finds: it also reads offloaded values. Without an answer the page's own hits stand. */
function useServerHits(text: string, sessionId: string): ReadonlySet<string> {
  const [hits, setHits] = useState<{ readonly of: string; readonly keys: ReadonlySet<string> }>();
  useEffect(() => {
    if (text.trim() === "") return;
    const ending = new AbortController();
    const url = `${sessionPath(sessionId)}/search?limit=1000&q=${encodeURIComponent(text.slice(0, MAX_SEARCH))}`;
    const ask = async (): Promise<void> => {
      const response = await authorisedFetch(url, { signal: ending.signal, headers: { accept: "application/json" } });
      if (response.ok) setHits({ of: text, keys: new Set(readKeys(await response.json())) });
    };
    const timer = setTimeout(() => void ask().catch(() => undefined), REST);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [text, sessionId]);
  return hits?.of === text ? hits.keys : NONE;
}

function readKeys(answer: unknown): string[] {
  const matches: unknown = isRecord(answer) ? answer["matches"] : undefined;
  if (!Array.isArray(matches)) return [];
  return matches
    .filter(isRecord)
    .flatMap(({ type, traceId, spanId, otlpKind }) =>
      type === "span" && typeof traceId === "string" && typeof spanId === "string" && typeof otlpKind === "number"
        ? [`${traceId}:${spanId}:${otlpKind}`]
        : [],
    );
}
