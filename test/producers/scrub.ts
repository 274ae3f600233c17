import { hostname } from "node:os";
import { join } from "node:path";
import type { Captured } from "./capture.ts";

/** Prompts of coding agents are their makers' texts, and say nothing about the form of an export. */
const LONGEST_TEXT = 1_200;
const LEFT_OF_TEXT = 80;
/** Definitions of tools in a list, of which an agent sends dozens. */
const MOST_TOOLS = 2;
const TOOL_LISTS = new Set(["gen_ai.tool.definitions", "ai.prompt.tools", "tools"]);

/** A capture without this machine's paths and without long texts: what may be kept as a fixture. */
export function scrub(captured: Captured): Captured {
  const anonymous = withoutPlaces(captured.body);
  if (captured.encoding === "protobuf") return { ...captured, body: anonymous };
  const parsed: unknown = JSON.parse(new TextDecoder().decode(anonymous));
  return { ...captured, body: new TextEncoder().encode(JSON.stringify(shortened(parsed))) };
}

/** Same length, because protobuf states lengths before texts. */
function withoutPlaces(body: Uint8Array): Uint8Array {
  const { HOME = "" } = process.env;
  const places = [join(import.meta.dirname, "..", ".."), ...(HOME.length > 3 ? [HOME] : [])];
  let text = Buffer.from(body).toString("latin1");
  for (const place of places) text = text.replaceAll(place, `/${"x".repeat(place.length - 1)}`);
  const host = hostname();
  if (host.length > 4) text = text.replaceAll(host, "h".repeat(host.length));
  return Buffer.from(text, "latin1");
}

function shortened(value: unknown): unknown {
  if (typeof value === "string") return shortText(value);
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, shortened(inner)]);
  const record: Record<string, unknown> = Object.fromEntries(entries);
  return TOOL_LISTS.has(String(record["key"])) ? { ...record, value: fewTools(record["value"]) } : record;
}

/** JSON in a text is shortened inside. */
function shortText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  try {
    const inner: unknown = JSON.parse(text);
    return typeof inner === "number" ? text : JSON.stringify(shortened(inner));
  } catch {
    return `${text.slice(0, LEFT_OF_TEXT)} […]`;
  }
}

function fewTools(value: unknown): unknown {
  const { stringValue } = (value ?? {}) as { stringValue?: unknown };
  if (typeof stringValue !== "string") return value;
  try {
    const tools: unknown = JSON.parse(stringValue);
    return Array.isArray(tools) ? { stringValue: JSON.stringify(tools.slice(0, MOST_TOOLS)) } : value;
  } catch {
    return value;
  }
}
