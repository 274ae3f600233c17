import { ancestorsIn } from "./ancestors.ts";
import type { Ancestor } from "./ancestors.ts";
import { inputRequestIn } from "./input-request.ts";
import type { InputRequest } from "./input-request.ts";
import { A2A_SENDING } from "../otel/semconv/running.ts";
import { conversationPrompt, promptInMessages, promptOf, quickPromptLine, withoutContext } from "../content/prompt.ts";
import type { Prompt } from "../content/prompt.ts";
import { kindAt, lendIndex, numberIn, textIn, valueIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { cut, firstLine, oneLine } from "../lib/one-line.ts";
import { FixedKeys } from "../lib/fixed-keys.ts";
import { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { readInput } from "./span-input.ts";
import {
  CALL_PARTS,
  isNoTool,
  MCP_TOOL_CALL,
  NAMED_AGENTS,
  RUN_METHODS,
  STREAM_END_PREFIX,
  USAGE_SUM_NAME,
  TEMPLATES,
  TOOL_NAME_PREFIXES,
} from "../otel/semconv/attributes.ts";
import { INPUT_MESSAGE_PREFIXES } from "../otel/semconv/content.ts";
import { emitterOf } from "./emitter.ts";
import type { SessionName } from "./session-id.ts";
import { countsAsError, spanFailure, statesException } from "./error.ts";
import { spanIdentity } from "./identity.ts";
import { spanKind } from "./kind.ts";
import { producerOf } from "./producer.ts";
import type { Producer } from "./producer.ts";
import { DERIVATIONS } from "./derivation.ts";
import type { Derivation } from "./derivation.ts";
import type { SpanKind } from "./kind.ts";
import type { AnyValue, Resource, Scope, Span } from "../otel/span.ts";
import { idTextHash, textHash } from "../lib/text-hash.ts";
import { costIn, modelInReply, tokensIn } from "./usage.ts";
import type { Tokens } from "./usage.ts";

export type { Ancestor } from "./ancestors.ts";
export type { InputRequest } from "./input-request.ts";
export type { SessionName } from "./session-id.ts";
export { isClient, PRODUCERS } from "./producer.ts";
export type { Producer } from "./producer.ts";
export { SPAN_KINDS } from "./kind.ts";
export type { SpanKind } from "./kind.ts";
export type { Tokens } from "./usage.ts";

/** The facts of one span that lists, counts, liveness and metrics need; everything else stays in its bytes. */
export type SpanFacts = {
  /** The span to which this version belongs. Its bytes may have another id: see `spanIdentity`. */
  readonly spanId: string;
  /** "" if the span has no parent. */
  readonly parentSpanId: string;
  /** Cut at 256 UTF-16 units. */
  readonly name: string;
  readonly kind: SpanKind;
  /** OTLP's own kind (0 to 5): part of a span's identity. */
  readonly otlpKind: number;
  /** Unix nanoseconds. */
  readonly start: bigint;
  /** Unix nanoseconds; 0n while the span runs. */
  readonly end: bigint;
  readonly running: boolean;
  /** How recent the report of a running span is: the time at which it was written, Unix nanoseconds, or its number; absent if unknown. */
  readonly asOf?: bigint | undefined;
  /** Whether the span counts as an error: status ERROR without control flow, or an exception that the status omits. */
  readonly error: boolean;
  /** Only of an error: the caller no longer wanted the answer. */
  readonly canceled?: true | undefined;
  /** Only of an error: an exception of the span states it, and not its status alone. */
  readonly exception?: true | undefined;
  /** Only of an error: first line of its message, at most 160 UTF-16 units. */
  readonly failure?: string | undefined;
  /** Length of the canonical JSON in UTF-16 units. */
  readonly size: number;
  /** 64-bit hash of the canonical JSON and of the resource and scope around it, 16 hex digits. */
  readonly hash: string;
  readonly session?: SessionName | undefined;
  /** The session names of its trace when it was exported, with the weights that they had then. */
  readonly claims?: readonly string[] | undefined;
  /** An Ark query's identity, on every span that carries it. */
  readonly query?: { readonly name: string; readonly namespace: string } | undefined;
  /** On agent spans only: each such span is one run of the agent. */
  readonly agent?: string | undefined;
  /** On team spans only. */
  readonly team?: string | undefined;
  /** On llm and embedding spans only: each such span is one call of the model. */
  readonly model?: string | undefined;
  /** On tool spans only: the tool's name in the attributes, else in the span's name. */
  readonly tool?: string | undefined;
  /** The method and the pattern of the path that a server answers: `GET /users/:id`; the pattern alone without a method. */
  readonly route?: string | undefined;
  readonly service?: string | undefined;
  /** The user for whom the span works. */
  readonly user?: string | undefined;
  /** The target of a query, if the span names it: `<type>/<name>`; the type may be empty. */
  readonly target?: string | undefined;
  readonly tokens?: Tokens | undefined;
  /** US dollars, as the span reports. */
  readonly cost?: number | undefined;
  /** First line of the prompt, at most 160 UTF-16 units. */
  readonly prompt?: string | undefined;
  /** No user said the prompt: it is the span's data, or a message about it. The words of a user in another span count more. */
  readonly promptGuessed?: true | undefined;
  /** The spans above it, if it names more than its parent's id: root first, parent last. */
  readonly ancestors?: readonly Ancestor[] | undefined;
  /** The span's question to a person, or to the agent that called it. */
  readonly inputRequest?: InputRequest | undefined;
  /** 32-bit hash, never 0, of the producer's id of a model call, a tool call or a prompt: spans and log records of one call share it. */
  readonly callHash?: number | undefined;
  /** Only of a span derived from log records: its relation to other spans. */
  readonly derivation?: Derivation | undefined;
  /** The agent, framework or client that made the span, as far as it is known. */
  readonly producer?: Producer | undefined;
};

/** UTF-16 units. Producers may send names of any length. */
const MAX_NAME = 256;
export const MAX_PROMPT = 160;

/** Of facts without a text. */
const NO_HASH = "0".repeat(16);

/** `text` is the span's canonical JSON: `size` and `hash` are computed from it. "": where only one version of the span is read. */
export function deriveFacts(
  span: Span,
  text: string,
  resource: Resource | undefined,
  scope: Scope | undefined,
): SpanFacts {
  const index = lendIndex(span.attributes);
  const emitter = emitterOf(resource, scope);
  const { claims } = emitter;
  const name = cut(span.name ?? "", MAX_NAME);
  const kind = kindOf(name, index);
  const { spanId, parentSpanId, running, end, asOf } = spanIdentity(span, index);
  const error = countsAsError(span, index, kind);
  const failure = error ? spanFailure(span, index, MAX_PROMPT) : undefined;
  const query = textIn(index, FIELD.queryName);
  const target = short(index, FIELD.targetName);
  const tool = kind === "tool" ? cut(toolName(name, index), MAX_NAME) : undefined;
  // The method of a protocol is no tool's name.
  const askingTool = (index[FIELD.a2aMethod] === undefined ? tool : undefined) ?? short(index, FIELD.tool);
  const derivation = derivationOf(name, kind, numberIn(index, FIELD.derivation));
  const prompt = promptIn(span, index, kind, parentSpanId === "");
  // One literal: all facts then have one object layout, which makes folds fast.
  return {
    spanId,
    parentSpanId,
    name,
    kind,
    otlpKind: span.kind ?? 0,
    start: BigInt(span.startTimeUnixNano ?? 0),
    end,
    running,
    asOf: asOf === 0n ? undefined : asOf,
    error,
    canceled: failure?.canceled === true ? true : undefined,
    exception: error && statesException(span, index) ? true : undefined,
    size: text.length,
    hash: text === "" ? NO_HASH : textHash(text, emitter.seed),
    session: sessionIn(index, emitter.index, claims === undefined ? 0 : 1),
    claims,
    query:
      query === undefined
        ? undefined
        : { name: cut(query, MAX_NAME), namespace: short(index, FIELD.queryNamespace) ?? "" },
    agent: kind === "agent" ? agentName(name, index) : undefined,
    team: kind === "team" ? teamName(name, index) : undefined,
    model: kind === "llm" || kind === "embedding" ? modelOf(index) : undefined,
    tool,
    route: routeIn(index),
    service: emitter.service,
    user: short(index, FIELD.user) ?? emitter.user,
    target: target === undefined ? undefined : `${short(index, FIELD.targetType) ?? ""}/${target}`,
    failure: failure?.text,
    prompt: prompt?.line,
    promptGuessed: prompt?.isGuess === true ? true : undefined,
    tokens: tokensIn(index),
    cost: costIn(index),
    ancestors: ancestorsIn(index, spanId, parentSpanId),
    inputRequest: inputRequestIn(span, index, { running, asOf, tool: askingTool }),
    callHash: callHashIn(index, kind),
    derivation,
    producer: producerOf(name, numberIn(index, FIELD.producer), emitter),
  };
}

function derivationOf(name: string, kind: SpanKind, stated: number | undefined): Derivation | undefined {
  if (stated !== undefined) return DERIVATIONS[stated] ?? "call";
  if (kind !== "llm") return undefined;
  if (name === USAGE_SUM_NAME) return "usage-sum";
  return name.startsWith(STREAM_END_PREFIX) ? "stream-end" : undefined;
}

const AGENTS_BY_NAME = new FixedKeys<string>(NAMED_AGENTS);

function callHashIn(index: AttributeIndex, kind: SpanKind): number | undefined {
  const field = callIdField(kind);
  const id = field === undefined ? undefined : textIn(index, field);
  return id === undefined ? undefined : idTextHash(id) || 1;
}

/** Compared, since a lookup by a computed name takes several times as long. */
function callIdField(kind: SpanKind): number | undefined {
  if (kind === "llm") return FIELD.modelCallId;
  if (kind === "tool") return FIELD.toolCallId;
  return kind === "agent" ? FIELD.promptId : undefined;
}

const NINTH_UNITS: ReadonlySet<number> = new Set(INPUT_MESSAGE_PREFIXES.map((prefix) => prefix.charCodeAt(8)));

/** Which inputs of a span are prompts: `none` whatever it holds, `said` what a user said, `any` its whole input too. */
function promptsOf(kind: SpanKind): "none" | "said" | "any" {
  switch (kind) {
    case "query":
    case "agent":
    case "team":
    case "turn":
      return "any";
    case "tool":
    case "retrieval":
    case "embedding":
    case "db":
    case "messaging":
      return "none";
    default:
      return "said";
  }
}

/**
 * The prompt, wherever it stands: on a root or an agent any input is one, on other spans only what is said by a user. A root
 * without one has the message that Logfire makes of its name.
 */
function promptIn(span: Span, index: AttributeIndex, kind: SpanKind, isRoot: boolean): Prompt | undefined {
  const prompts = promptsOf(kind);
  const takesAny = isRoot || prompts === "any";
  if (!takesAny && prompts === "none") return undefined;
  const input = valueIn(index, FIELD.input);
  let found: Prompt | undefined;
  if (input !== undefined) {
    found = wholePrompt(input, index) ?? quickPrompt(input);
    if (found === undefined && (takesAny || kind === "llm")) found = promptOf(input, MAX_PROMPT);
    else found ??= saidBy(conversationPrompt(input, MAX_PROMPT));
    if (found?.isGuess === false) return found;
  }
  if (hasMessagesElsewhere(span)) {
    const content = readInput(span, new ClaimedAttributes(span.attributes));
    const text = content?.kind === "messages" ? promptInMessages(content.messages) : undefined;
    if (text !== undefined) return saidBy(firstLine(withoutContext(text), MAX_PROMPT)) ?? found;
  }
  return found ?? (isRoot ? spanMessage(span, index) : undefined);
}

function saidBy(line: string | undefined): Prompt | undefined {
  return line === undefined ? undefined : { line, isGuess: false };
}

function spanMessage({ name }: Span, index: AttributeIndex): Prompt | undefined {
  const message = textIn(index, FIELD.message);
  if (message === undefined || message === name) return undefined;
  const line = firstLine(message, MAX_PROMPT);
  return line === undefined ? undefined : { line, isGuess: true };
}

/** Instructions and prompt in one text: both are shown in one line. */
function wholePrompt({ stringValue }: AnyValue, index: AttributeIndex): Prompt | undefined {
  const text = textIn(index, FIELD.wholePrompt);
  if (text === undefined || text !== stringValue || /^\s*[[{]/.test(text)) return undefined;
  return { line: oneLine(withoutContext(text), MAX_PROMPT), isGuess: false };
}

function quickPrompt({ stringValue, offloaded }: AnyValue): Prompt | undefined {
  if (stringValue === undefined || offloaded !== undefined) return undefined;
  return saidBy(quickPromptLine(stringValue, MAX_PROMPT));
}

/** Whether messages may stand in events or in numbered keys: most spans have neither, and are not read further. */
function hasMessagesElsewhere({ attributes = [], events = [] }: Span): boolean {
  for (const { name = "" } of events) if (name.startsWith("gen_ai.")) return true;
  for (const { key } of attributes) {
    // One unit tells most keys from all prefixes.
    if (!NINTH_UNITS.has(key.charCodeAt(8))) continue;
    if (INPUT_MESSAGE_PREFIXES.some((prefix) => key.startsWith(prefix))) return true;
  }
  return false;
}

/** Requests of Claude's SDK and API that name a model and ask none to answer. */
const ABOUT_MODELS = ["anthropic.sessions.create", "anthropic.messages.count_tokens"] as const;

/** Kinds of spans by their whole names, whatever their attributes say. */
const KINDS_BY_NAME = new FixedKeys<SpanKind>([
  ...CALL_PARTS.map((name) => [name, "internal"] as const),
  ...ABOUT_MODELS.map((name) => [name, "http"] as const),
]);

/** The kind of a span with this name and these attributes. */
export function kindOf(name: string, index: AttributeIndex): SpanKind {
  if (isNoTool(textIn(index, FIELD.tool) ?? "")) return "internal";
  const named = KINDS_BY_NAME.get(name);
  if (named !== undefined) return named;
  const method = textIn(index, FIELD.mcpMethod);
  // Of the protocol's methods only one calls a tool; the others list tools or open a session.
  if (method !== undefined && kindAt(index, FIELD.explicitKind) === undefined)
    return method === MCP_TOOL_CALL ? "tool" : "internal";
  // As with that protocol, a call that gives another agent work is one of a tool.
  const sent = textIn(index, FIELD.a2aMethod);
  if (sent !== undefined && kindAt(index, FIELD.explicitKind) === undefined && index[FIELD.operation] === undefined)
    return A2A_SENDING.test(sent) ? "tool" : "internal";
  return spanKind(name, {
    explicit: kindAt(index, FIELD.explicitKind),
    operation: kindAt(index, FIELD.operation),
    aiSdk: kindAt(index, FIELD.aiSdkOperation),
    present: kindAt(index, FIELD.present),
    called: index[FIELD.toolCallId] !== undefined && index[FIELD.tool] !== undefined,
    step: index[FIELD.step] !== undefined,
    usage: numberIn(index, FIELD.inputTokens) !== undefined && numberIn(index, FIELD.outputTokens) !== undefined,
  });
}

/** The tool's name in the attributes, else in the span's name. */
export function toolName(name: string, index: AttributeIndex): string {
  return textIn(index, FIELD.tool) ?? toolInName(name) ?? nameInTemplate(name, TEMPLATES.tool, index) ?? name;
}

function agentName(name: string, index: AttributeIndex): string | undefined {
  return (
    short(index, FIELD.agent) ??
    AGENTS_BY_NAME.get(name) ??
    afterPrefix(name, "invoke_agent ") ??
    nameInTemplate(name, TEMPLATES.agent, index) ??
    runOf(name)
  );
}

/** The agent in `weather.run`; one instrumentation names all its agents `haystack.agent`. */
function runOf(name: string): string | undefined {
  const agent = RUN_METHODS.test(name) ? name.replace(RUN_METHODS, "") : "";
  return agent === "" || agent.startsWith("haystack.") ? undefined : agent;
}

/** Strands names a swarm in the key of an agent. */
function teamName(name: string, index: AttributeIndex): string | undefined {
  return short(index, FIELD.team) ?? afterPrefix(name, "invoke_workflow ") ?? short(index, FIELD.agent);
}

function toolInName(name: string): string | undefined {
  for (const prefix of TOOL_NAME_PREFIXES) if (name.startsWith(prefix)) return afterPrefix(name, prefix);
  return undefined;
}

function nameInTemplate(name: string, template: string, index: AttributeIndex): string | undefined {
  return name.startsWith(template) ? short(index, FIELD.templateName) : undefined;
}

function afterPrefix(name: string, prefix: string): string | undefined {
  return name.length > prefix.length && name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

function modelOf(index: AttributeIndex): string | undefined {
  const model = short(index, FIELD.model);
  if (model !== undefined) return model;
  const stated = modelInReply(index);
  return stated === undefined ? undefined : cut(stated, MAX_NAME);
}

function routeIn(index: AttributeIndex): string | undefined {
  const route = textIn(index, FIELD.route);
  if (route === undefined || route === "") return undefined;
  const method = textIn(index, FIELD.requestMethod);
  return cut(method === undefined ? route : `${method} ${route}`, MAX_NAME);
}

function short(index: AttributeIndex, field: number): string | undefined {
  const text = textIn(index, field);
  return text === undefined ? undefined : cut(text, MAX_NAME);
}

/** The session's name on a span or record: the better rank wins; within a rank its own name, then its resource's. `from`: the best rank that counts. */
export function sessionIn(own: AttributeIndex, onResource: AttributeIndex, from = 0): SessionName | undefined {
  for (let rank = from; rank < SESSION_FIELDS.length; rank++) {
    const field = SESSION_FIELDS[rank] ?? FIELD.chosenSession;
    const value = textIn(own, field) ?? textIn(onResource, field);
    if (value === undefined) continue;
    if (lastName?.rank !== rank || lastName.value !== value) lastName = { rank, value };
    return lastName;
  }
  return undefined;
}

/** Neighbours mostly share it: a page holds the facts of all spans of a session. */
let lastName: SessionName | undefined;

/** In the order of ranks. */
const SESSION_FIELDS = [
  FIELD.exportedSession,
  FIELD.chosenSession,
  FIELD.frameworkSession,
  FIELD.conversation,
] as const;
