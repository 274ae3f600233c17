import type { Attributes, Span } from "@opentelemetry/api";
import * as key from "../../../../src/otel/semconv/written.ts";
import { AnchoredSpan } from "./anchored-span.ts";
import { messagesJson, textOf } from "./messages.ts";
import type { Message } from "./messages.ts";

/** Tokens of a model call. `input` includes those read from a cache and written to one. */
export type Usage = {
  readonly input?: number;
  readonly output?: number;
  readonly cached?: number;
  readonly written?: number;
  readonly reasoning?: number;
  /** In US dollars, if the provider states it. */
  readonly cost?: number;
};

/** The span of a step of an agent's work; the step states its result. */
export class StepSpan extends AnchoredSpan {
  readonly #outputKey: string;

  constructor(span: Span, outputKey: string) {
    super(span);
    this.#outputKey = outputKey;
  }

  output(value: unknown): this {
    return this.setAttribute(this.#outputKey, textOf(value));
  }
}

/** The span of a model call. */
export class ModelSpan extends AnchoredSpan {
  /** The answer: its text, or messages with parts. */
  output(messages: string | readonly Message[]): this {
    return this.setAttribute(key.OUTPUT_MESSAGES, messagesJson(messages, "assistant"));
  }

  usage({ input, output, cached, written, reasoning, cost }: Usage): this {
    return this.setAttributes(
      defined({
        [key.INPUT_TOKENS]: input,
        [key.OUTPUT_TOKENS]: output,
        [key.CACHED_TOKENS]: cached,
        [key.WRITTEN_TOKENS]: written,
        [key.REASONING_TOKENS]: reasoning,
        [key.COST]: cost,
      }),
    );
  }

  /** The exact model that answered, and why it stopped. */
  response({ model, finishReasons, id, firstChunkSeconds }: ModelResponse): this {
    return this.setAttributes(
      defined({
        [key.RESPONSE_MODEL]: model,
        [key.FINISH_REASONS]: finishReasons === undefined ? undefined : [...finishReasons],
        [key.MODEL_CALL_ID]: id,
        [key.FIRST_TOKEN]: firstChunkSeconds,
      }),
    );
  }
}

export type ModelResponse = {
  readonly model?: string;
  readonly finishReasons?: readonly string[];
  readonly id?: string;
  /** From the request to the first part of the answer. */
  readonly firstChunkSeconds?: number;
};

/** Without the attributes that have no value. */
export function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
