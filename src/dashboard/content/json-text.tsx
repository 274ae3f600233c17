import { useMemo } from "preact/hooks";
import { jsonText } from "../../trace/content/any-value.ts";
import { LongText } from "./long-text.tsx";

/** Parsed JSON, set to be read; a string as prose. */
export function JsonText({ value }: { value: unknown }) {
  const text = useMemo(() => (typeof value === "string" ? value : jsonText(value, 2)), [value]);
  return <LongText text={text} as={typeof value === "string" ? "prose" : "json"} />;
}
