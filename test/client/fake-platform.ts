import type { Platform } from "../../src/client/platform.ts";

type Answer = (request: FakeRequest) => Response | Promise<Response>;
export type FakeRequest = {
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/** A client's surroundings with a clock that only the test moves, and a server that answers in the given order. */
export class FakePlatform implements Platform {
  readonly requests: FakeRequest[] = [];
  readonly #answers: Answer[] = [];
  #timers: { readonly at: number; readonly work: () => void }[] = [];
  #now = 1_790_000_000_000;
  #onChange: (change: "hidden" | "visible" | "online") => void = () => {};
  isOnline = true;

  constructor(...answers: readonly Answer[]) {
    this.#answers.push(...answers);
  }

  readonly now = (): number => this.#now;
  /** The middle of each backoff. */
  readonly random = (): number => 0.5;
  readonly network = (): "online" | "offline" => (this.isOnline ? "online" : "offline");

  readonly fetch: Platform["fetch"] = async (url, { headers, signal }) => {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const request = { url, headers: lower, signal };
    this.requests.push(request);
    const answer = this.#answers.shift();
    if (answer === undefined) throw new TypeError("connection refused");
    return answer(request);
  };

  readonly after: Platform["after"] = (millis, work) => {
    const timer = { at: this.#now + millis, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  readonly watchReader: Platform["watchReader"] = (onChange) => {
    this.#onChange = onChange;
    return () => {
      this.#onChange = () => {};
    };
  };

  change(change: "hidden" | "visible" | "online"): void {
    this.#onChange(change);
  }

  answer(...answers: readonly Answer[]): void {
    this.#answers.push(...answers);
  }

  /** Lets pending work of the client run. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves the clock, and runs what is due on the way. */
  async pass(millis: number): Promise<void> {
    await this.settle();
    const end = this.#now + millis;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.work();
      await this.settle();
    }
    this.#now = end;
    await this.settle();
  }
}

/** The server's end of one response. */
export class FakeResponse {
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  isCancelled = false;

  /** Answers with an event stream, and breaks it when the client leaves. */
  readonly answer: Answer = ({ signal }) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        signal.addEventListener("abort", () => {
          this.isCancelled = true;
          controller.error(signal.reason);
        });
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };

  send(text: string): void {
    if (!this.isCancelled) this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#controller?.close();
  }

  break(): void {
    this.#controller?.error(new TypeError("terminated"));
  }
}

export const sse = (type: string, data: object, id?: string): string =>
  `${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
