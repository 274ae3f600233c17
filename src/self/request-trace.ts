import { cut } from "../lib/one-line.ts";
import { nanoseconds } from "../lib/nanoseconds.ts";
import { randomHex } from "../lib/random-hex.ts";
import * as keys from "../otel/semconv/self.ts";
import { STATUS_ERROR } from "../otel/span.ts";
import type { AnyValue, KeyValue, Span, SpanEvent } from "../otel/span.ts";
import { RANDOM, readTraceparent, readTracestate, SAMPLED, writeTraceparent } from "../otel/trace-context.ts";
import type { TraceParent } from "../otel/trace-context.ts";

/** Children of one root: a request may call thousands of objects. The root counts the others. */
const MAX_CHILDREN = 100;

/** UTF-16 units. */
const MAX_MESSAGE = 1_000;
const MAX_STACK = 4_000;

/** Of OTLP's `SpanKind`. */
const KINDS = { internal: 1, server: 2, client: 3 } as const;
/** Of OTLP's `SpanFlags`: whether the parent is of another program is known, and it is. */
const KNOWS_PARENT = 0x100;
const PARENT_IS_REMOTE = 0x200;

type Attributes = Readonly<Record<string, string | number>>;

type OpenSpan = {
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  /** Unix milliseconds. */
  readonly start: number;
  readonly attributes: Attributes;
};

/** The outcome of a request. `route`: the pattern, if a route took it. `error`: what its handler threw. */
export type Answered = {
  readonly method: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly error: unknown;
};

/** An object's answer, or each of several, says from when to when it wrote, Unix milliseconds by its own clock. */
type Written = { readonly wrote?: readonly [start: number, end: number] };

/** The trace of one HTTP request: its root span, and a child for each part of the work. Not recorded, it is two ids. */
export class RequestTrace {
  readonly #parent: TraceParent | undefined;
  readonly #state: string;
  readonly #traceId: string;
  readonly #spanId: string;
  #flags: number;
  readonly #start: number;
  #now = 0;
  /** Ended ones; `undefined` unless the trace is recorded, and after its end. */
  #children: Span[] | undefined;
  #begun = 0;
  #omitted = 0;

  /**
   * Begins a trace, or goes on with the caller's. `rate`: the share of the new traces that is recorded; a caller decides for its
   * own, unless the rate is 0.
   */
  constructor(headers: Headers, rate: number) {
    this.#parent = readTraceparent(headers.get("traceparent"));
    this.#spanId = newSpanId();
    this.#traceId = this.#parent?.traceId ?? newTraceId();
    this.#flags = this.#parent === undefined ? RANDOM : this.#parent.flags & RANDOM;
    const isWanted = this.#parent === undefined ? isSampled(this.#traceId, rate) : (this.#parent.flags & SAMPLED) !== 0;
    const isRecorded = isWanted && rate > 0;
    if (isRecorded) {
      this.#flags |= SAMPLED;
      this.#children = [];
    }
    this.#state = this.#parent === undefined || !isRecorded ? "" : readTracestate(headers.get("tracestate"));
    this.#start = isRecorded ? this.#clock() : 0;
  }

  /** Whether the caller decided that the trace is recorded. */
  get isCallersChoice(): boolean {
    return this.#parent !== undefined;
  }

  /** Records nothing of it, after all. */
  discard(): void {
    this.#flags &= ~SAMPLED;
    this.#children = undefined;
  }

  get isRecording(): boolean {
    return this.#children !== undefined;
  }

  /** For the answer: the id of the trace, and of its root. */
  get traceresponse(): string {
    return this.#contextOf(this.#spanId);
  }

  /** For a call that is no span of its own: after the root, the caller's; `undefined` if there is neither. */
  get traceparent(): string | undefined {
    if ((this.#flags & SAMPLED) !== 0) return this.traceresponse;
    return this.#parent === undefined ? undefined : writeTraceparent(this.#parent);
  }

  /** Does work that waits for nothing. */
  measure<Result>(name: string, work: () => Result): Result {
    const span = this.#begin(name, "internal", {});
    try {
      const result = work();
      this.#end(span);
      return result;
    } catch (error) {
      this.#end(span, error);
      throw error;
    }
  }

  /** Calls an object: `send` gets the call's own `traceparent`. */
  async call<Answer>(
    service: string,
    method: string,
    send: (traceparent: string | undefined) => Promise<Answer>,
  ): Promise<Answer> {
    const span = this.#begin(`${service}/${method}`, "client", {
      [keys.RPC_SERVICE]: service,
      [keys.RPC_METHOD]: method,
    });
    if (span === undefined) return await send(this.traceparent);
    try {
      const answer = await send(this.#contextOf(span.spanId));
      for (const one of Array.isArray(answer) ? (answer as unknown[]) : [answer]) this.#addWrite(one, span.spanId);
      this.#end(span);
      return answer;
    } catch (error) {
      this.#end(span, error);
      throw error;
    }
  }

  /** Ends the root, and with it the trace: what the request does from now on is no part of it. Root first. */
  end({ method, route, status, error }: Answered): readonly Span[] {
    const children = this.#children;
    if (children === undefined) return [];
    const [newMethod, formerMethod] = keys.REQUEST_METHOD_KEYS;
    const [newStatus, formerStatus] = keys.RESPONSE_STATUS_KEYS;
    const root: OpenSpan = {
      spanId: this.#spanId,
      parentId: this.#parent?.parentId,
      name: route === undefined ? method : `${method} ${route}`,
      kind: "server",
      start: this.#start,
      attributes: {
        [newMethod]: method,
        ...(route === undefined ? {} : { [keys.ROUTE]: route }),
        [newStatus]: status,
        [formerMethod]: method,
        [formerStatus]: status,
        ...(this.#omitted === 0 ? {} : { [keys.OMITTED_SPANS]: this.#omitted }),
      },
    };
    const failure = error ?? (status >= 500 ? status : undefined);
    const span = this.#spanOf(root, this.#clock(), failure);
    this.#children = undefined;
    return [span, ...children];
  }

  #begin(name: string, kind: OpenSpan["kind"], attributes: Attributes): OpenSpan | undefined {
    if (this.#children === undefined || !this.#hasRoom()) return undefined;
    return { spanId: newSpanId(), parentId: this.#spanId, name, kind, start: this.#clock(), attributes };
  }

  /** A span that ends after the root is not stored. */
  #end(span: OpenSpan | undefined, error?: unknown): void {
    if (span !== undefined) this.#children?.push(this.#spanOf(span, this.#clock(), error));
  }

  #hasRoom(): boolean {
    if (this.#begun < MAX_CHILDREN) this.#begun++;
    else this.#omitted++;
    return this.#omitted === 0;
  }

  #addWrite(answer: unknown, parentId: string): void {
    if (typeof answer !== "object" || answer === null) return;
    const { wrote } = answer as Written;
    if (wrote === undefined || !this.#hasRoom()) return;
    const [start, end] = wrote;
    const attributes = {
      [keys.DATABASE]: "sqlite",
      [keys.DATABASE_OPERATION]: "INSERT",
      [keys.DATABASE_COLLECTION]: "chunk",
    };
    const span = { spanId: newSpanId(), parentId, name: "INSERT chunk", kind: "client", start, attributes } as const;
    this.#children?.push(this.#spanOf(span, Math.max(start, end), undefined));
  }

  #contextOf(spanId: string): string {
    return writeTraceparent({ traceId: this.#traceId, parentId: spanId, flags: this.#flags });
  }

  /** Never goes back, whatever the machine's clock does. */
  #clock(): number {
    this.#now = Math.max(this.#now, Date.now());
    return this.#now;
  }

  /** `error`: what was thrown, or the status of an answer that says so. */
  #spanOf({ spanId, parentId, name, kind, start, attributes }: OpenSpan, end: number, error: unknown): Span {
    const isRemote = kind === "server" && parentId !== undefined;
    const all = {
      ...attributes,
      ...(error === undefined ? {} : { [keys.ERROR_TYPE]: typeOf(error) }),
      ...(start === end ? { [keys.CLOCK]: keys.COARSE } : {}),
    };
    // Keys in the order of the type: equal spans are equal text.
    return {
      traceId: this.#traceId,
      spanId,
      ...(this.#state === "" ? {} : { traceState: this.#state }),
      ...(parentId === undefined ? {} : { parentSpanId: parentId }),
      flags: this.#flags | KNOWS_PARENT | (isRemote ? PARENT_IS_REMOTE : 0),
      name,
      kind: KINDS[kind],
      startTimeUnixNano: nanoseconds(start),
      endTimeUnixNano: nanoseconds(end),
      attributes: attributesOf(all),
      ...(error instanceof Error ? { events: [exceptionOf(error, end)] } : {}),
      ...(error === undefined ? {} : { status: statusOf(error) }),
    };
  }
}

/** OpenTelemetry's consistent sampling: by the last 56 bits of the trace id, so that every program of a trace decides alike. */
function isSampled(traceId: string, rate: number): boolean {
  return Number.parseInt(traceId.slice(18), 16) >= (1 - rate) * 2 ** 56;
}

function newTraceId(): string {
  return randomHex(16);
}

function newSpanId(): string {
  return randomHex(8);
}

function typeOf(error: unknown): string {
  if (error instanceof Error) return error.name;
  return typeof error === "number" ? String(error) : "_OTHER";
}

function statusOf(error: unknown): { readonly message?: string; readonly code: number } {
  return { ...(error instanceof Error ? { message: cut(error.message, MAX_MESSAGE) } : {}), code: STATUS_ERROR };
}

function exceptionOf({ name, message, stack }: Error, at: number): SpanEvent {
  const attributes = attributesOf({
    [keys.EXCEPTION_TYPE]: name,
    [keys.EXCEPTION_MESSAGE]: cut(message, MAX_MESSAGE),
    ...(stack === undefined ? {} : { [keys.STACKTRACE]: cut(stack, MAX_STACK) }),
  });
  return { timeUnixNano: nanoseconds(at), name: keys.EXCEPTION_EVENT, attributes };
}

function attributesOf(attributes: Attributes): readonly KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: string | number): AnyValue {
  return typeof value === "string" ? { stringValue: value } : { intValue: String(value) };
}
