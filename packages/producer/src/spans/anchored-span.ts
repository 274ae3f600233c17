import { SpanStatusCode } from "@opentelemetry/api";
import type {
  Attributes,
  AttributeValue,
  Exception,
  Link,
  Span,
  SpanContext,
  SpanStatus,
  TimeInput,
} from "@opentelemetry/api";
import { isTimeInput } from "@opentelemetry/core";
import { now } from "./clock.ts";

/** A span whose times are of one clock, unless the caller states one. */
export class AnchoredSpan implements Span {
  readonly #span: Span;

  constructor(span: Span) {
    this.#span = span;
  }

  spanContext(): SpanContext {
    return this.#span.spanContext();
  }

  setAttribute(key: string, value: AttributeValue): this {
    this.#span.setAttribute(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    this.#span.setAttributes(attributes);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (isTimeInput(attributesOrTime)) this.#span.addEvent(name, attributesOrTime);
    else this.#span.addEvent(name, attributesOrTime, time ?? now());
    return this;
  }

  addLink(link: Link): this {
    this.#span.addLink(link);
    return this;
  }

  addLinks(links: Link[]): this {
    this.#span.addLinks(links);
    return this;
  }

  setStatus(status: SpanStatus): this {
    this.#span.setStatus(status);
    return this;
  }

  updateName(name: string): this {
    this.#span.updateName(name);
    return this;
  }

  isRecording(): boolean {
    return this.#span.isRecording();
  }

  recordException(exception: Exception, time: TimeInput = now()): void {
    this.#span.recordException(exception, time);
  }

  end(time: TimeInput = now()): void {
    this.#span.end(time);
  }

  /** The event and the status of an error that was thrown. */
  fail(error: unknown): void {
    const exception = error instanceof Error ? error : new Error(String(error));
    this.recordException(exception);
    this.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
  }
}
