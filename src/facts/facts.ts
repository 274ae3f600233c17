import { ancestorsIn } from "./ancestors.ts";
import type { Ancestor } from "./ancestors.ts";
import { inputRequestIn } from "./input-request.ts";
import type { InputRequest } from "./input-request.ts";
import { promptLine } from "../content/prompt.ts";
import { kindAt, numberIn, indexAttributes, FIELD, textIn, valueIn } from "./attribute-index.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { cut } from "../lib/one-line.ts";
import type { SessionName } from "./session-id.ts";
import { countsAsError, spanFailure } from "./error.ts";
import { spanIdentity } from "./identity.ts";
import { spanKind } from "./kind.ts";
import { DERIVATIONS } from "./derivation.ts";
import type { Derivation } from "./derivation.ts";
import type { SpanKind } from "./kind.ts";
import type { Resource, Scope, Span } from "../otel/span.ts";
import { textHash } from "../lib/text-hash.ts";
import { costIn, tokensIn } from "./usage.ts";
import type { Tokens } from "./usage.ts";

export type { Ancestor } from "./ancestors.ts";
export type { InputRequest } from "./input-request.ts";
export type { SessionName } from "./session-id.ts";
export { SPAN_KINDS } from "./kind.ts";
export type { SpanKind } from "./kind.ts";
export type { Tokens } from "./usage.ts";

/** What lists, counts, liveness and metrics need of one span; everything else stays in its bytes. */
export type SpanFacts = {
  /** Whose encoding it is, which is not always what its bytes say: see `spanIdentity`. */
  readonly spanId: string;
  /** "" where the span has none. */
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
  /** How new a report of a running span is: when it was written, Unix nanoseconds, or its number; absent where nothing says. */
  readonly asOf?: bigint | undefined;
  /** Counts as an error: status ERROR that is not control flow, or an exception that the status hides. */
  readonly error: boolean;
  /** Of an error: nobody wanted the answer any more. */
  readonly canceled?: true | undefined;
  /** First line of what an error says of itself, at most 160 UTF-16 units. */
  readonly failure?: string | undefined;
  /** Length of the canonical JSON in UTF-16 units. */
  readonly size: number;
  /** 64-bit hash of the canonical JSON and of the resource and scope around it, 16 hex digits. */
  readonly hash: string;
  readonly session?: SessionName | undefined;
  /** An Ark query's identity, on every span that carries it. */
  readonly query?: { readonly name: string; readonly namespace: string } | undefined;
  /** On agent spans only, so that spans with an agent are the agent's runs. */
  readonly agent?: string | undefined;
  /** On team spans only. */
  readonly team?: string | undefined;
  /** On llm and embedding spans only, so that spans with a model are the model's calls. */
  readonly model?: string | undefined;
  /** On tool spans only: what the span calls the tool, else its own name. */
  readonly tool?: string | undefined;
  readonly service?: string | undefined;
  /** The person it works for. */
  readonly user?: string | undefined;
  /** Of whom a query is asked, where the span says it: `<type>/<name>`, the type may be empty. */
  readonly target?: string | undefined;
  readonly tokens?: Tokens | undefined;
  /** US dollars, as the span says. */
  readonly cost?: number | undefined;
  /** First line of what was asked, at most 160 UTF-16 units; on roots, queries, teams, turns and agents only. */
  readonly prompt?: string | undefined;
  /** The spans above it, where it names more than its parent's id: root first, the parent last. */
  readonly ancestors?: readonly Ancestor[] | undefined;
  /** What it says of a question to somebody outside. */
  readonly inputRequest?: InputRequest | undefined;
  /** Of a span that was made of log records: how it hangs together with others. */
  readonly derivation?: Derivation | undefined;
};

/** Of a name that a producer can make as long as it likes. */
const MAX_NAME = 256;
export const MAX_PROMPT = 160;

const WITH_PROMPT: ReadonlySet<SpanKind> = new Set<SpanKind>(["query", "agent", "team", "turn"]);

/** `text` is the span's canonical JSON, which the caller has at hand: `size` and `hash` come of it. */
export function deriveFacts(
  span: Span,
  text: string,
  resource: Resource | undefined,
  scope: Scope | undefined,
): SpanFacts {
  const index = indexAttributes(span.attributes);
  const onResource = resourceIndex(resource);
  const name = cut(span.name ?? "", MAX_NAME);
  const kind = kindOf(name, index);
  const { spanId, parentSpanId, running, end, asOf } = spanIdentity(span, index);
  const error = countsAsError(span, index);
  const failure = error ? spanFailure(span, index, MAX_PROMPT) : undefined;
  const query = textIn(index, FIELD.queryName);
  const target = short(index, FIELD.targetName);
  const tool = kind === "tool" ? cut(toolName(name, index), MAX_NAME) : undefined;
  const input = WITH_PROMPT.has(kind) || parentSpanId === "" ? valueIn(index, FIELD.input) : undefined;
  const told = numberIn(index, FIELD.derivation);
  // One literal: whoever folds facts then meets objects of one layout only.
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
    size: text.length,
    hash: textHash(text, emitterSeed(resource, scope)),
    session: sessionIn(index, onResource),
    query:
      query === undefined
        ? undefined
        : { name: cut(query, MAX_NAME), namespace: short(index, FIELD.queryNamespace) ?? "" },
    agent: kind === "agent" ? (short(index, FIELD.agent) ?? afterPrefix(name, "invoke_agent ")) : undefined,
    team: kind === "team" ? short(index, FIELD.team) : undefined,
    model: kind === "llm" || kind === "embedding" ? short(index, FIELD.model) : undefined,
    tool,
    service: short(onResource, FIELD.service),
    user: short(index, FIELD.user) ?? short(onResource, FIELD.user),
    target: target === undefined ? undefined : `${short(index, FIELD.targetType) ?? ""}/${target}`,
    failure: failure?.text,
    prompt: input === undefined ? undefined : promptLine(input, MAX_PROMPT),
    tokens: tokensIn(index),
    cost: costIn(index),
    ancestors: ancestorsIn(index, spanId, parentSpanId),
    inputRequest: inputRequestIn(span, index, { running, asOf, tool }),
    derivation: told === undefined ? undefined : (DERIVATIONS[told] ?? "call"),
  };
}

const seeds = new WeakMap<Resource | Scope, number>();

/** One span under two resources is two encodings of it, of which one has to win whatever comes first. */
export function emitterSeed(resource: Resource | undefined, scope: Scope | undefined): number {
  return seedOf(resource) ^ Math.imul(seedOf(scope), 0x9e3779b1);
}

function seedOf(emitter: Resource | Scope | undefined): number {
  if (emitter === undefined) return 0;
  let seed = seeds.get(emitter);
  if (seed === undefined) {
    const text = JSON.stringify(emitter);
    // An empty one is left out of the log: there it reads as none.
    seed = text === "{}" ? 0 : Number.parseInt(textHash(text).slice(0, 8), 16) | 0;
    seeds.set(emitter, seed);
  }
  return seed;
}

/** The kind of a span of this name whose attributes say this. */
export function kindOf(name: string, index: AttributeIndex): SpanKind {
  return spanKind(name, {
    explicit: kindAt(index, FIELD.explicitKind),
    operation: kindAt(index, FIELD.operation),
    aiSdk: kindAt(index, FIELD.aiSdkOperation),
    present: kindAt(index, FIELD.present),
    step: index[FIELD.step] !== undefined,
    usage: numberIn(index, FIELD.inputTokens) !== undefined && numberIn(index, FIELD.outputTokens) !== undefined,
  });
}

/** What a tool span calls its tool, else what its own name says. */
export function toolName(name: string, index: AttributeIndex): string {
  return textIn(index, FIELD.tool) ?? afterPrefix(name, "execute_tool ") ?? afterPrefix(name, "tool.") ?? name;
}

function afterPrefix(name: string, prefix: string): string | undefined {
  return name.length > prefix.length && name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

function short(index: AttributeIndex, slot: number): string | undefined {
  const text = textIn(index, slot);
  return text === undefined ? undefined : cut(text, MAX_NAME);
}

/** The name that a span or record gives its session: the better rank wins, and what it says itself before what its resource says. */
export function sessionIn(own: AttributeIndex, onResource: AttributeIndex): SessionName | undefined {
  for (let at = 0; at < SESSION_FIELDS.length; at++) {
    const slot = SESSION_FIELDS[at] ?? FIELD.chosenSession;
    const value = textIn(own, slot) ?? textIn(onResource, slot);
    if (value !== undefined) return { rank: at + 1, value };
  }
  return undefined;
}

/** By rank, 1 first. */
const SESSION_FIELDS = [FIELD.chosenSession, FIELD.frameworkSession, FIELD.conversation] as const;

export function serviceOf(resource: Resource | undefined): string | undefined {
  return short(resourceIndex(resource), FIELD.service);
}

/** One resource stands over many spans. */
const resources = new WeakMap<Resource, AttributeIndex>();

export function resourceIndex(resource: Resource | undefined): AttributeIndex {
  if (resource === undefined) return indexAttributes(undefined);
  const known = resources.get(resource);
  if (known !== undefined) return known;
  const index = indexAttributes(resource.attributes);
  resources.set(resource, index);
  return index;
}
