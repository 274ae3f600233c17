/** A message to a model or from it, in short: parts in the GenAI convention's form are taken as they are. */
export type Message = {
  readonly role: string;
  readonly content?: string;
  readonly parts?: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
};

/** Messages as the GenAI convention writes them, in one JSON text. A text alone is one message of that role. */
export function messagesJson(messages: string | readonly Message[], role: "user" | "assistant"): string {
  const list: readonly Message[] = typeof messages === "string" ? [{ role, content: messages }] : messages;
  return JSON.stringify(list.map(withParts));
}

function withParts({ content, parts, ...message }: Message) {
  const text = content === undefined ? [] : [{ type: "text", content }];
  return { ...message, parts: [...text, ...(parts ?? [])] };
}

export function instructionsJson(text: string): string {
  return JSON.stringify([{ type: "text", content: text }]);
}

/** Text stays as it is, anything else becomes JSON. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A cycle, or a bigint: a value that can't be shown must not fail the work.
    return String(value);
  }
}
