/**
 * A sink takes what came in and carries it on: an upstream backend, a webhook, a push service. Each is one file that implements
 * `Sink`; when a batch is sent again, and what becomes of a refused one, is not its business.
 */

/** The outcome of one attempt to deliver a batch. `reason`: English, for a person, without credentials. */
export type DeliveryOutcome =
  /** The batch arrived. `rejected` items of it were refused for good. */
  | { readonly outcome: "accepted"; readonly rejected?: { readonly items: number; readonly reason: string } }
  /** The same batch may be sent again; after `afterMillis`, if the receiver asks for a pause. */
  | { readonly outcome: "retry"; readonly reason: string; readonly afterMillis?: number }
  /** The receiver will not take the batch as long as its settings, or ours, are as they are. */
  | { readonly outcome: "refused"; readonly reason: string }
  /** The batch is too large: its halves may be sent. */
  | { readonly outcome: "split"; readonly reason: string };

export type Sink<Batch> = {
  /** One attempt. Rejects only if it can't encode the batch, which is a fault of its own. `signal` ends it: a timeout. */
  deliver(batch: Batch, transport: Transport, signal: AbortSignal): Promise<DeliveryOutcome>;
};

export type SinkRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
};

/** `body` is cut at `MAX_ANSWER_BYTES`. `headers` have lower-case names. */
export type SinkAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
};

/** POSTs one request. Rejects if no answer comes. Injected, so that a sink can be tested without a network. */
export type Transport = (request: SinkRequest, signal: AbortSignal) => Promise<SinkAnswer>;
