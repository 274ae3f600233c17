import type { Context } from "hono";
import { baseOf } from "../auth/self.ts";
import type { AppEnv } from "../config.ts";
import { HEARTBEAT, sse, STREAM_HEADERS } from "../lib/sse.ts";
import { callerOf } from "../place.ts";
import { CODE, errorOf, isObject, readMessage } from "./json-rpc.ts";
import type { Id, Message, Request, RpcError } from "./json-rpc.ts";
import { answerRequest } from "./server.ts";
import type { Caller, Reply } from "./server.ts";
import { toolOf } from "./tools.ts";
import { allowsBatches, judgeVersion } from "./versions.ts";

/** Arguments are short. */
const MAX_BYTES = 100_000;
/** Messages of one batch. */
const MAX_MESSAGES = 20;
/** Readers and proxies take a longer silence for a lost connection. */
const HEARTBEAT_MILLIS = 15_000;

/** The endpoint of the Model Context Protocol: Streamable HTTP without sessions. Each request is answered by itself. */
export async function serveMcp(c: Context<AppEnv>): Promise<Response> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header("content-type") ?? ""))
    return refused(c, 415, { code: CODE.invalidRequest, message: "Content-Type must be application/json." });
  const text = await textOf(c.req.raw.body);
  if (text === undefined)
    return refused(c, 413, { code: CODE.invalidRequest, message: `A body has at most ${MAX_BYTES} bytes.` });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refused(c, 400, { code: CODE.parse, message: "The body is no JSON." });
  }
  const { headers, signal } = c.req.raw;
  const base = `${new URL(c.req.url).origin}${baseOf(c.req.raw)}`;
  const caller: Caller = { env: c.env, caller: callerOf(c), base, signal };
  if (Array.isArray(body)) return await answerBatch(c, body, caller);
  const message = readMessage(body);
  if (message.kind !== "request") return answerOther(c, message);
  const spoken = judgeVersion(message, headers);
  if (typeof spoken === "object") return refused(c, 400, spoken, message.id);
  const accepts = headers.get("accept") ?? "";
  if (waits(message) && accepts.includes("text/event-stream"))
    return streamed(
      message,
      async (wanted) => await answerRequest(message, spoken, { ...caller, signal: wanted }),
      signal,
    );
  const { status, body: answer } = await answerRequest(message, spoken, caller);
  return c.json(answer, status, NO_STORE);
}

const NO_STORE = { "cache-control": "no-store" };

function waits({ method, params }: Request): boolean {
  return method === "tools/call" && toolOf(params["name"])?.waits === true;
}

function answerOther(c: Context<AppEnv>, message: Exclude<Message, Request>): Response {
  if (message.kind === "malformed")
    return refused(c, 400, { code: CODE.invalidRequest, message: message.fault }, message.id);
  return c.body(null, 202);
}

async function answerBatch(c: Context<AppEnv>, messages: readonly unknown[], caller: Caller): Promise<Response> {
  if (!allowsBatches(c.req.raw.headers))
    return refused(c, 400, { code: CODE.invalidRequest, message: "This version of the protocol has no batches." });
  if (messages.length === 0 || messages.length > MAX_MESSAGES)
    return refused(c, 400, { code: CODE.invalidRequest, message: `A batch has 1 to ${MAX_MESSAGES} messages.` });
  const answers = await Promise.all(
    messages.map(async (value) => {
      const message = readMessage(value);
      if (message.kind === "malformed")
        return errorOf(message.id, { code: CODE.invalidRequest, message: message.fault });
      if (message.kind !== "request") return undefined;
      return (await answerRequest(message, "handshake", caller)).body;
    }),
  );
  const sent = answers.filter((answer) => answer !== undefined);
  return sent.length === 0 ? c.body(null, 202) : c.json(sent, 200, NO_STORE);
}

/** A stream of one answer: heartbeats hold the connection meanwhile, and progress holds the client's patience. */
function streamed(
  { params }: Request,
  answer: (signal: AbortSignal) => Promise<Reply>,
  requested: AbortSignal,
): Response {
  const gone = new AbortController();
  const token = isObject(params["_meta"]) ? params["_meta"]["progressToken"] : undefined;
  let beats: ReturnType<typeof setInterval> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: async (controller) => {
      controller.enqueue(HEARTBEAT);
      let progress = 0;
      beats = setInterval(() => {
        const beat = { progressToken: token, progress: ++progress };
        const notice = { jsonrpc: "2.0", method: "notifications/progress", params: beat };
        controller.enqueue(token === undefined ? HEARTBEAT : sse("message", notice));
      }, HEARTBEAT_MILLIS);
      try {
        const { body } = await answer(AbortSignal.any([requested, gone.signal]));
        controller.enqueue(sse("message", body));
        controller.close();
      } catch (error) {
        if (!gone.signal.aborted) controller.error(error);
      } finally {
        clearInterval(beats);
      }
    },
    cancel: () => {
      clearInterval(beats);
      gone.abort();
    },
  });
  return new Response(stream, { headers: STREAM_HEADERS });
}

function refused(c: Context<AppEnv>, status: 400 | 413 | 415, error: RpcError, id?: Id): Response {
  return c.json(errorOf(id, error), status, NO_STORE);
}

/** `undefined` for a body that is too long. */
async function textOf(body: ReadableStream<Uint8Array> | null): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
