import { readProblem } from "../../client/refusal.ts";
import { calledAs } from "../called-as.ts";
import { CommandError, UsageError, type Environment } from "../dispatch.ts";
import { oneLine } from "../../lib/one-line.ts";
import { isBearerToken } from "../../otel/exporter-variables.ts";
import { readListPage, type ListPageAnswer } from "../../session/list/list-page.ts";
import { noSpanfold, ofOption, sentence } from "./refusal-text.ts";
import { EX_USAGE, FAILED, UNREACHABLE } from "./exit-codes.ts";

/** Options of every command that reads from a server, for `parseArgs`. */
export const SERVER_OPTIONS = { url: { type: "string" }, token: { type: "string" } } as const;

const DEFAULT_URL = "http://127.0.0.1:8787";

export type ServerOptions = { readonly url?: string | undefined; readonly token?: string | undefined };

export type Health = {
  /** Its body is read. */
  readonly response: Response;
  /** It answers, and can store. */
  readonly isSpanfold: boolean;
  /** Sentences of the server. */
  readonly troubles: readonly string[];
};

/** UTF-16 units. Another program's answer may be of any length. */
const LONGEST_TROUBLE = 500;

/** A Spanfold at an address. All methods throw a {@link CommandError} that says what a person can do. */
export class Server {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
  /** How a person gives another one. */
  readonly tokenHelp: string;

  private constructor(url: string, token: string | undefined, tokenHelp: string) {
    this.url = url;
    this.token = token;
    this.tokenHelp = tokenHelp;
  }

  static of(options: ServerOptions, environment: Environment): Server {
    const [name, given] =
      options.url === undefined ? ["SPANFOLD_URL", environment["SPANFOLD_URL"]] : ["--url", options.url];
    const url = readAddress(given?.trim() || DEFAULT_URL);
    if (url === undefined) throw new UsageError(`${name} must be an address such as ${DEFAULT_URL}, not "${given}".`);
    // A secret stays with its server: the address of a page, pasted from somewhere, may be anybody's.
    const isOther = isOtherOrigin(url, environment["SPANFOLD_URL"]?.trim());
    const token = options.token ?? (isOther ? undefined : environment["SPANFOLD_TOKEN"]?.trim() || undefined);
    if (token !== undefined && !isBearerToken(token))
      throw new UsageError("The token must be printable, without blanks.");
    const variable = isOther ? "; SPANFOLD_TOKEN is for SPANFOLD_URL" : " or SPANFOLD_TOKEN";
    return new Server(url, token, `set --token${variable}`);
  }

  /** The Authorization header's value, if there is a token. */
  get authorisation(): string | undefined {
    return this.token === undefined ? undefined : `Bearer ${this.token}`;
  }

  /** A response with a status of success. */
  async request(path: string, init: RequestInit & { readonly duplex?: "half" } = {}): Promise<Response> {
    const response = await this.answer(path, init);
    if (response.ok) return response;
    throw await this.refusal(response);
  }

  /** Any response. */
  async answer(path: string, init: RequestInit & { readonly duplex?: "half" } = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.authorisation !== undefined) headers.set("Authorization", this.authorisation);
    try {
      const cut = () => new CommandError(`${this.url} cut the connection. Is it still running?`, UNREACHABLE);
      return withFailure(await fetch(`${this.url}${path}`, { ...init, headers }), cut);
    } catch (error) {
      init.signal?.throwIfAborted();
      throw new CommandError(`${unreachable(this.url, error)}\n  ${START}`, UNREACHABLE);
    }
  }

  /** The answer to a probe of its health: `ok` and a line for each upstream that is off, or 503 and why nothing can be stored. */
  async health(): Promise<Health> {
    const response = await this.answer("/healthz");
    const isText = /^text\/plain\b/.test(response.headers.get("Content-Type") ?? "");
    const lines = (await response.text()).split("\n").filter((line) => line.trim() !== "");
    const isSpanfold = response.ok && lines[0]?.trim() === "ok";
    const said = isSpanfold ? lines.slice(1) : response.status === 503 && isText ? lines : [];
    return { response, isSpanfold, troubles: said.map((line) => oneLine(line, LONGEST_TROUBLE)) };
  }

  /** Why the token may not write; `undefined` if it may. An export that is refused would be shown among those of agents. */
  async writeRefusal(): Promise<CommandError | undefined> {
    // Without a file an import stores nothing.
    const response = await this.answer("/import", { method: "POST" });
    return response.ok || response.status === 400 ? undefined : await this.refusal(response);
  }

  async json(path: string, signal?: AbortSignal): Promise<unknown> {
    const response = await this.request(path, { headers: { Accept: "application/json" }, signal: signal ?? null });
    if (/\bjson\b/.test(response.headers.get("Content-Type") ?? "")) return response.json();
    throw this.#isOther();
  }

  /** A page of the list. */
  async list(parameters: URLSearchParams): Promise<ListPageAnswer> {
    const body = await this.json(`/sessions?${parameters.toString()}`);
    try {
      return readListPage(body);
    } catch {
      throw this.#isOther();
    }
  }

  /** What a refused request means to the caller. */
  async refusal(response: Response): Promise<CommandError> {
    const { title, detail, movedTo } = await readProblem(response);
    const said = detail || title || `the server answered ${response.status}`;
    switch (response.status) {
      case 401: {
        const why = this.token === undefined ? "asks for a token" : "does not know this token";
        return new CommandError(`${this.url} ${why}: ${this.tokenHelp}.`, UNREACHABLE);
      }
      case 404: {
        const moved = movedTo.length === 0 ? "" : `\n  Its traces are now in: ${movedTo.join(", ")}`;
        return new CommandError(`${sentence(said)}${moved}`, FAILED);
      }
      case 400:
        return new CommandError(ofOption(said), EX_USAGE);
      default:
        return new CommandError(`${this.url} refuses: ${said}`, UNREACHABLE);
    }
  }

  #isOther(): CommandError {
    return new CommandError(noSpanfold(this.url), UNREACHABLE);
  }
}

/** The response; where its body breaks off, reading it throws this error instead of the platform's. */
function withFailure(response: Response, failure: () => CommandError): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          controller.error(failure());
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}

const START = `Start it first: ${calledAs.start}. Another address: --url URL, or SPANFOLD_URL.`;

function readAddress(text: string): string | undefined {
  // Node 20 has no `URL.parse`.
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, pathname } = new URL(text);
  return /^https?:$/.test(protocol) ? `${origin}${pathname}`.replace(/\/+$/, "") : undefined;
}

function isOtherOrigin(url: string, own: string | undefined): boolean {
  return own !== undefined && URL.canParse(own) && new URL(own).origin !== new URL(url).origin;
}

/** `fetch` hides the reason in the cause. */
function unreachable(url: string, error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ECONNREFUSED") return `Nothing listens at ${url}.`;
  if (code === "ENOTFOUND") return `The host of ${url} is not known.`;
  return `${url} cannot be reached: ${cause instanceof Error ? cause.message || code : String(cause)}.`;
}
