import type * as v from "valibot";

/** An argument of a tool: a parameter of the API in the tool's own words, perhaps under another name or with another default. */
export type Argument = {
  readonly schema: v.GenericSchema;
  /** The name of the parameter; without it, that of the argument. */
  readonly parameter?: string;
  readonly description: string;
  readonly fallback?: string;
  readonly isRequired?: true;
};

export type Arguments = Readonly<Record<string, Argument>>;

export type ReadArguments =
  | { readonly ok: true; readonly params: URLSearchParams }
  | { readonly ok: false; readonly detail: string };

/** The arguments as parameters of the API, whose readers judge the values. An unknown name is refused: a model guesses names. */
export function readArguments(known: Arguments, given: Readonly<Record<string, unknown>>): ReadArguments {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) {
    const named = unknown.map((name) => JSON.stringify(name.slice(0, MAX_NAME))).slice(0, MAX_NAMES);
    return { ok: false, detail: `Unknown argument ${named.join(", ")}. Known: ${Object.keys(known).join(", ")}.` };
  }
  const params = new URLSearchParams();
  for (const [name, argument] of Object.entries(known)) {
    const { schema, parameter = name, fallback, isRequired } = argument;
    const value = given[name] ?? fallback;
    if (value === undefined) {
      if (isRequired) return { ok: false, detail: `${name} is missing.` };
      continue;
    }
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (Array.isArray(value) && schema.type !== "array") return { ok: false, detail: `${name} must be one value.` };
    for (const one of values) {
      if (typeof one !== "string" && typeof one !== "number")
        return { ok: false, detail: `${name} must be a text or a number.` };
      params.append(parameter, String(one));
    }
  }
  return { ok: true, params };
}

const MAX_NAME = 80;
const MAX_NAMES = 5;

/** What a reader of the API says of a parameter, with the name of the argument. */
export function inWordsOf(known: Arguments, detail: string): string {
  for (const [name, { parameter }] of Object.entries(known))
    if (parameter !== undefined && detail.startsWith(`${parameter} `)) return name + detail.slice(parameter.length);
  return detail;
}

export type JsonSchema = { readonly [keyword: string]: unknown };

/** The arguments as JSON Schema (2020-12). */
export function inputSchema(known: Arguments): JsonSchema {
  const required = Object.keys(known).filter((name) => known[name]?.isRequired);
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(known).map(([name, one]) => [name, propertyOf(one)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function propertyOf({ schema, description, fallback }: Argument): JsonSchema {
  const own: Keywords = {};
  collect(schema, own);
  own["description"] = description;
  if (fallback !== undefined) own["default"] = fallback;
  const value = own["default"];
  return own["type"] === "integer" && value !== undefined ? { ...own, default: Number(value) } : own;
}

type Keywords = Record<string, unknown>;

/** What valibot's schemas and actions have, as far as parameters use them. */
type Node = {
  readonly type: string;
  readonly pipe?: readonly Node[];
  readonly wrapped?: Node;
  readonly default?: unknown;
  readonly item?: Node;
  readonly options?: readonly string[];
  readonly requirement?: unknown;
};

/** A parameter is a text in a URL: the last type of its pipe says what the text means. */
function collect(node: Node, into: Keywords): void {
  if (node.pipe !== undefined) {
    for (const part of node.pipe) collect(part, into);
    return;
  }
  switch (node.type) {
    case "optional":
    case "exact_optional":
      if (node.wrapped !== undefined) collect(node.wrapped, into);
      if (node.default !== undefined && node.default !== "") into["default"] = node.default;
      return;
    case "string":
      into["type"] = "string";
      return;
    case "number":
      into["type"] = "integer";
      return;
    case "picklist":
      into["type"] = "string";
      into["enum"] = node.options;
      return;
    case "array": {
      const items: Keywords = {};
      if (node.item !== undefined) collect(node.item, items);
      into["type"] = "array";
      into["items"] = items;
      return;
    }
    case "min_value":
      into["minimum"] = node.requirement;
      return;
    case "max_value":
      into["maximum"] = node.requirement;
  }
}
