import type { Reply, Request, Tool } from "../scripted-model.ts";

/** One provider's protocol. */
export type Protocol = {
  readonly path: RegExp;
  readonly read: (body: Record<string, unknown>, pathname: string) => Request;
  readonly isStreamed: (body: Record<string, unknown>, pathname: string) => boolean;
  readonly whole: (request: Request, reply: Reply) => unknown;
  readonly stream: (request: Request, reply: Reply) => Iterable<ServerEvent>;
};

export type ServerEvent = { readonly event?: string; readonly data: unknown };

type Fields = Readonly<Record<string, unknown>>;

export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
export const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : []);

/** The texts of a content: a text, or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map(({ text, content: inner }) => (typeof text === "string" ? text : textOf(inner)))
    .join("\n");
}

export function readTools(tools: readonly Fields[], schemaKey: string): Tool[] {
  return tools
    .filter(({ name }) => typeof name === "string")
    .map((tool) => ({ name: String(tool["name"]), parameters: fields(tool[schemaKey]) }));
}

/** What a conversation ends with: `turns` in order, each the text of a person, or the result of a tool. */
export function lastOf(turns: readonly { readonly prompt?: string; readonly result?: string }[]) {
  const at = turns.findLastIndex(({ prompt }) => prompt !== undefined && prompt !== "");
  return {
    prompt: turns[at]?.prompt ?? "",
    results: turns.slice(at + 1).flatMap(({ result }) => (result === undefined ? [] : [result])),
  };
}
