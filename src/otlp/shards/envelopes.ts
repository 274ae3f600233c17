import type { SpilledValue } from "../../trace/delivery.ts";
import type { Resource, Scope } from "../../trace/span.ts";
import type { Envelope } from "./shard.ts";

/** What stands around the spans that a decoder reads now. Its text is written with the first of them that is kept. */
export type Around<Content extends Resource | Scope> = {
  readonly content: Content | undefined;
  readonly schemaUrl: string;
  readonly values: readonly SpilledValue[];
  envelope: Envelope | undefined;
};

export function around<Content extends Resource | Scope>(
  content: Content | undefined,
  schemaUrl: string,
  values: readonly SpilledValue[],
): Around<Content> {
  return { content, schemaUrl, values, envelope: undefined };
}

/** One request's envelopes: equal texts are one object, so that equal resources of a trace become one group. */
export class Envelopes {
  readonly #byText = new Map<string, Envelope>();
  readonly #inResource: string;
  readonly #inScope: string;

  /** The names of the lists that a resource's and a scope's message hold. */
  constructor(inResource = "scopeSpans", inScope = "spans") {
    this.#inResource = `"${inResource}":[`;
    this.#inScope = `"${inScope}":[`;
  }

  ofResource(resource: Around<Resource>): Envelope {
    resource.envelope ??= this.#write(`"resource":`, resource, this.#inResource);
    return resource.envelope;
  }

  ofScope(scope: Around<Scope>): Envelope {
    scope.envelope ??= this.#write(`"scope":`, scope, this.#inScope);
    return scope.envelope;
  }

  #write(key: string, { content, schemaUrl, values }: Around<Resource | Scope>, list: string): Envelope {
    const head = content === undefined ? `{${list}` : `{${key}${JSON.stringify(content)},${list}`;
    const tail = schemaUrl === "" ? "]}" : `],"schemaUrl":${JSON.stringify(schemaUrl)}}`;
    const text = head + tail;
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const envelope = { head, tail, values };
    this.#byText.set(text, envelope);
    return envelope;
  }
}
