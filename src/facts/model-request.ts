import { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { detailsAttributes } from "../content/event-messages.ts";
import { indexedEntries } from "../content/indexed-messages.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";
import { parseJson, plainValue } from "../otel/any-value.ts";
import * as keys from "../otel/semconv/request.ts";
import type { AnyValue, Span } from "../otel/span.ts";

/** A tool that a model may call, as the request describes it. */
export type OfferedTool = {
  readonly name: string;
  readonly description?: string;
  /** The schema of its arguments, as the producer has it. */
  readonly parameters?: unknown;
};

/** What a request to a model says beside its messages. */
export type ModelRequest = {
  /** By name, in snake case as the GenAI convention writes them: `temperature`, `max_tokens`. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly toolsOffered?: readonly OfferedTool[];
};

/** More than any provider accepts. */
const MAX_PARAMETERS = 100;
const MAX_TOOLS = 1_000;
/** UTF-16 units of a parameter's name. */
const MAX_NAME = 256;

/** Names of parameters in whole requests, where messages and tools stand beside them. */
const PARAMETER =
  /^(?:temperature|top_[pk]|max_(?:completion_|output_|new_)?tokens|(?:frequency|presence|repetition)_penalty|stop(?:_sequences)?|seed|n|candidate_count|response_(?:format|mime_type|schema)|reasoning(?:_effort)?|thinking(?:_config|_budget)?|tool_(?:choice|config)|parallel_tool_calls|stream|service_tier|(?:top_)?logprobs|verbosity)$/;

/** Fields of objects of parameters that are no parameters. */
const NO_PARAMETER =
  /^(?:model|model_name|messages|input|inputs|prompt|contents?|system|system_instruction|instructions|tools|functions)$/;

/** Where whole requests have their parameters, apart from the top. */
const CONFIGS = [
  "config",
  "generation_config",
  "generationConfig",
  "inferenceConfig",
  "inference_config",
  "options",
] as const;

/** Where whole requests and objects of parameters have their tools. */
const TOOLS = ["tools", "functions", "function_tools", "output_tools", "tool_definitions"] as const;

/** Reads what the request offers and asks for, from the attributes of the span and of its details events. */
export function readModelRequest(span: Span, attributes = new ClaimedAttributes(span.attributes)): ModelRequest {
  const parameters = new Map<string, unknown>();
  const tools = new Map<string, OfferedTool>();
  const details = detailsAttributes(span.events ?? []);
  for (const source of details === undefined ? [attributes] : [attributes, new ClaimedAttributes(details)]) {
    readSource(source, parameters, tools);
  }
  return {
    ...(parameters.size === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
    ...(tools.size === 0 ? {} : { toolsOffered: [...tools.values()] }),
  };
}

function readSource(
  source: ClaimedAttributes,
  parameters: Map<string, unknown>,
  tools: Map<string, OfferedTool>,
): void {
  for (const prefix of keys.PARAMETER_PREFIXES) {
    for (const [key, value] of source.entries()) {
      const name = key.startsWith(prefix) ? key.slice(prefix.length) : "";
      if (name === "" || keys.NO_PARAMETERS.test(name) || isToolKey(key)) continue;
      if (addParameter(parameters, name, readable(value))) source.claim(key);
    }
  }
  for (const [key, name] of [...keys.NUMERIC_PARAMETER_KEYS, ...keys.PARAMETER_KEYS]) {
    const value = source.peek(key);
    if (value !== undefined && addParameter(parameters, name, readable(value))) source.claim(key);
  }
  for (const key of keys.TOOL_DEFINITION_KEYS) {
    const value = source.peek(key);
    if (value !== undefined && addTools(tools, readable(value))) source.claim(key);
  }
  for (const prefix of keys.TOOL_DEFINITION_PREFIXES) addTools(tools, indexedEntries(source, prefix));
  for (const key of keys.PARAMETERS_KEYS) {
    const value = source.peek(key);
    const given = value === undefined ? undefined : readable(value);
    if (!isRecord(given)) continue;
    source.claim(key);
    for (const [name, inner] of Object.entries(given)) {
      if (!NO_PARAMETER.test(name)) addParameter(parameters, name, inner);
    }
    addRequest(given, parameters, tools);
  }
  for (const key of keys.WHOLE_REQUEST_KEYS) {
    const value = source.peek(key);
    const request = value === undefined ? undefined : readable(value);
    if (isRecord(request)) addRequest(request, parameters, tools);
  }
}

function isToolKey(key: string): boolean {
  return keys.TOOL_DEFINITION_KEYS.some((tools) => tools === key);
}

/** A whole request, or an object of parameters that has tools too. */
function addRequest(request: PlainRecord, parameters: Map<string, unknown>, tools: Map<string, OfferedTool>): void {
  for (const [field, value] of [request, ...CONFIGS.map((config) => request[config])].flatMap(fieldsOf)) {
    if (PARAMETER.test(snakeCase(field))) addParameter(parameters, field, value);
    else if (TOOLS.some((tool) => tool === field)) addTools(tools, value);
  }
}

function fieldsOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

/** The first source of a name counts. */
function addParameter(parameters: Map<string, unknown>, name: string, value: unknown): boolean {
  const known = snakeCase(name.slice(0, MAX_NAME));
  if (value === undefined || value === null || value === "" || parameters.size >= MAX_PARAMETERS) return false;
  if (!parameters.has(known)) parameters.set(known, typeof value === "string" ? numberIn(value) : value);
  return true;
}

/** Some producers write numbers and flags as texts. */
function numberIn(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return text.length <= 16 && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function snakeCase(name: string): string {
  return name.replace(/[a-z\d](?=[A-Z])/g, "$&_").toLowerCase();
}

function readable(value: AnyValue): unknown {
  const plain = plainValue(value);
  return typeof plain === "string" ? (parseJson(plain) ?? plain) : plain;
}

function addTools(tools: Map<string, OfferedTool>, value: unknown): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : isRecord(value) ? namedTools(value) : [];
  for (const item of list.slice(0, MAX_TOOLS)) {
    for (const tool of readTools(item)) {
      if (tools.size < MAX_TOOLS && !tools.has(tool.name)) tools.set(tool.name, tool);
    }
  }
  return list.length > 0;
}

/** A list, or an object with the tools by name, as the AI SDK has them. */
function namedTools(value: PlainRecord): readonly unknown[] {
  if (value.tools !== undefined) return Array.isArray(value.tools) ? value.tools : [];
  return Object.entries(value).map(([name, tool]) => (isRecord(tool) ? { name, ...tool } : name));
}

/** One definition, in the form of OpenAI, Anthropic, Bedrock, Gemini (a group), the AI SDK, OpenInference; or a name. */
function readTools(item: unknown): readonly OfferedTool[] {
  const value = typeof item === "string" ? (parseJson(item) ?? item) : item;
  if (typeof value === "string") return value === "" ? [] : [{ name: value }];
  if (!isRecord(value)) return [];
  const group = value.function_declarations ?? value.functionDeclarations;
  if (Array.isArray(group)) return group.slice(0, MAX_TOOLS).flatMap((inner) => toolIn(inner) ?? []);
  return toolIn(value) ?? [];
}

const WRAPPERS = ["tool", "function", "toolSpec", "tool_spec", "json_schema"] as const;
const SCHEMAS = [
  "parameters",
  "input_schema",
  "inputSchema",
  "parameters_json_schema",
  "parametersJsonSchema",
  "args",
] as const;
const MAX_WRAPPERS = 4;

function toolIn(value: unknown): readonly OfferedTool[] | undefined {
  let tool = value;
  for (let left = MAX_WRAPPERS; left > 0 && isRecord(tool); left--) {
    const outer: PlainRecord = tool;
    const wrapper = WRAPPERS.find((field) => outer[field] !== undefined);
    if (wrapper === undefined || nonEmpty(outer.name) !== undefined) break;
    const inner = outer[wrapper];
    tool = typeof inner === "string" ? parseJson(inner) : inner;
  }
  if (!isRecord(tool)) return undefined;
  const named: PlainRecord = tool;
  // A provider's own tool has a type alone.
  const name = nonEmpty(named.name) ?? nonEmpty(named.toolName) ?? nonEmpty(named.type) ?? Object.keys(named)[0];
  if (name === undefined) return undefined;
  const description = nonEmpty(named.description);
  const given = SCHEMAS.map((field) => named[field]).find((schema) => schema !== undefined && schema !== null);
  const schema = typeof given === "string" ? (parseJson(given) ?? given) : given;
  const parameters = isRecord(schema) ? (schema.json ?? schema.jsonSchema ?? schema) : schema;
  return [
    {
      name: name.slice(0, MAX_NAME),
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    },
  ];
}
