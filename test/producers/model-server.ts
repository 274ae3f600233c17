import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { anthropicMessages } from "./protocols/anthropic-messages.ts";
import { chatCompletions } from "./protocols/chat-completions.ts";
import { geminiContent } from "./protocols/gemini-content.ts";
import { openaiResponses } from "./protocols/openai-responses.ts";
import type { Protocol } from "./protocols/protocol.ts";
import { replyTo } from "./scripted-model.ts";

const PROTOCOLS: readonly Protocol[] = [chatCompletions, openaiResponses, anthropicMessages, geminiContent];
/** A model of this name does not exist. */
const MISSING = /missing/;

export type ModelServer = {
  /** Without a path: OpenAI's clients want `/v1` after it, Anthropic's and Google's do not. */
  readonly url: string;
  /** `POST /v1/messages`, one for each request, in order. */
  readonly requests: readonly string[];
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** A model on loopback that answers by rule, in the protocols of OpenAI, Anthropic and Google, streamed or not. */
export async function startModelServer(port = 0): Promise<ModelServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    // Anthropic's name of it: Claude Code joins its records by this id.
    response.setHeader("request-id", `req_${requests.length}`);
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, 500, { error: { message: String(error) } });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://model");
  if (request.method !== "POST") return send(response, 200, { object: "list", data: [], models: [] });
  const body = (await json(request)) as Record<string, unknown>;
  if (pathname.endsWith("/count_tokens") || pathname.endsWith(":countTokens")) {
    return send(response, 200, { input_tokens: 120, totalTokens: 120 });
  }
  if (pathname.endsWith("/embeddings")) return send(response, 200, embeddings(body));
  const protocol = PROTOCOLS.find(({ path }) => path.test(pathname));
  if (protocol === undefined) return send(response, 404, { error: { message: `nothing at ${pathname}` } });
  const asked = protocol.read(body, pathname);
  if (MISSING.test(asked.model)) {
    const error = { type: "not_found_error", code: "model_not_found", message: `There is no model ${asked.model}` };
    return send(response, 404, { type: "error", error });
  }
  const reply = replyTo(asked);
  if (!protocol.isStreamed(body, pathname)) return send(response, 200, protocol.whole(asked, reply));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const { event, data } of protocol.stream(asked, reply)) {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    response.write(`${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`);
  }
  response.end();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function embeddings({ model, input }: Record<string, unknown>): unknown {
  const data = [input].flat().map((text, index) => {
    const embedding = Array.from({ length: 8 }, (_, at) => (String(text).length % (at + 2)) / 8);
    return { object: "embedding", index, embedding };
  });
  return { object: "list", model, data, usage: { prompt_tokens: 8, total_tokens: 8 } };
}

// By hand: node test/producers/model-server.ts 8900
if (process.argv[1] === import.meta.filename) {
  const { url } = await startModelServer(Number(process.argv[2] ?? 8900));
  console.log(`A model answers at ${url}: /v1/chat/completions, /v1/responses, /v1/messages, /v1beta/models/…`);
}
