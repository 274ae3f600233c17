/** Checks the JSON answers and stream events that tests receive against their schemas, and that the schemas describe each field. */
import { createParser } from "eventsource-parser";
import * as v from "valibot";
import type { Answer, Operations, Route } from "../../src/api/operation.ts";
import { operations } from "../../src/api/operations.ts";
import { arkOperations } from "../../src/ark/operations.ts";
import { mcpOperations } from "../../src/mcp/operations.ts";

export const ALL_OPERATIONS: Operations = { ...operations, ...arkOperations, ...mcpOperations };

/** The path of openapi.json that describes this path. An export may have any path before its ending, and all else may be under `/self`. */
export function describedPath(given: string): string | undefined {
  const path = given.replace(/^\/self(?=\/)/, "");
  const [exported] = /\/v1\/(?:traces|logs|metrics)\/?$/.exec(path) ?? [];
  if (exported !== undefined) return exported.replace(/\/$/, "");
  return Object.keys(ALL_OPERATIONS).find((template) => {
    const pattern = template
      .replaceAll(".", "\\.")
      .replace("{query}", ".+")
      .replaceAll(/\{\w+\}/g, "[^/]+");
    return new RegExp(`^${pattern}/?$`).test(path);
  });
}

function schemaFor(method: string, path: string, status: number, type: string): v.GenericSchema | undefined {
  if (type === "application/problem+json") return asSchema(operations["/import"]?.post?.answers[400], type);
  const template = describedPath(path);
  const route: Route = (template === undefined ? undefined : ALL_OPERATIONS[template]) ?? {};
  const operation = { GET: route.get, DELETE: route.delete, PUT: route.put }[method] ?? route.post;
  // Refusals of exports have one form, on every path and with every method.
  const refusal = status >= 400 ? operations["/v1/traces"]?.post?.answers[400] : undefined;
  return asSchema(operation?.answers[status] ?? refusal, type);
}

function asSchema(answer: Answer | undefined, type: string): v.GenericSchema | undefined {
  const schema = answer?.content?.[type];
  return typeof schema === "object" ? schema : undefined;
}

/** Names that valibot drops from records. They come from producers, never from us. */
const DROPPED = new Set(["__proto__", "prototype", "constructor"]);

/** The first field of the value that its schema did not take. */
function undescribed(value: unknown, taken: unknown, path: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    if (DROPPED.has(key)) continue;
    const at = path === "" ? key : `${path}.${key}`;
    if (!Object.hasOwn(Object(taken), key)) return at;
    const found = undescribed(item, Reflect.get(Object(taken), key), at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Throws with the place of the fault. */
export function checkAnswer(method: string, path: string, status: number, type: string, text: string): void {
  const subject = `${method} ${path} answered ${status}`;
  const schema = schemaFor(method, path, status, type);
  if (schema === undefined) throw new Error(`${subject} as ${type}, which openapi.json does not describe`);
  checkValue(subject, schema, JSON.parse(text));
}

function checkValue(subject: string, schema: v.GenericSchema, value: unknown): void {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${subject}; ${v.getDotPath(issue) ?? "the body"}: ${issue.message}`);
  }
  const field = undescribed(value, parsed.output, "");
  if (field !== undefined) throw new Error(`${subject} with ${field}, which openapi.json does not describe`);
}

const STREAM = "text/event-stream";

/** An event as a reader of the stream parsed it. */
type Message = { readonly event?: string | undefined; readonly id?: string | undefined; readonly data: string };

/** Throws with the place of the fault. */
export function checkEvent(path: string, { event, id, data }: Message): void {
  const schema = schemaFor("GET", path, 200, STREAM) ?? schemaFor("POST", path, 200, STREAM);
  if (schema === undefined) throw new Error(`GET ${path} is a stream, which openapi.json does not describe`);
  const given = Object.entries({ event, id }).filter(([, text]) => text !== undefined);
  const value = { ...Object.fromEntries(given), data: JSON.parse(data) as unknown };
  checkValue(`GET ${path} sent the event ${event ?? "message"}`, schema, value);
}

/** The same bytes, at the pace of their reader. It fails at an event that its schema does not describe. */
export function checkedStream(path: string, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = createParser({ onEvent: (message) => checkEvent(path, message) });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        parser.feed(decoder.decode(value, { stream: true }));
        controller.enqueue(value);
      },
      cancel: async (reason) => await reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** The same response. An error is checked now, any other JSON when its text is read, an event when it is read. */
export async function checkedResponse(method: string, url: string, response: Response): Promise<Response> {
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  const { pathname } = new URL(url);
  if (type === STREAM && method !== "HEAD" && response.body !== null) {
    const body = checkedStream(pathname, response.body);
    Object.defineProperty(response, "body", { value: body });
    response.text = async () => await new Response(body).text();
    return response;
  }
  if (!/\bjson$/.test(type) || method === "HEAD") return response;
  const check = (text: string) => checkAnswer(method, pathname, response.status, type, text);
  if (response.status >= 400) {
    check(await response.clone().text());
    return response;
  }
  const read = response.text.bind(response);
  response.text = async () => {
    const text = await read();
    check(text);
    return text;
  };
  response.json = async <Value>() => JSON.parse(await response.text()) as Value;
  return response;
}
