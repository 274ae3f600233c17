import type { Attributes } from "@opentelemetry/api";

/** What a model is shown, or says. */
export type Message = {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content?: string;
  /** Which call a tool's message answers. */
  readonly callId?: string;
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
};

/** Messages as Ark writes them: OpenInference's indexed keys, without the inner `tool_call.`. */
export function messageAttributes(
  prefix: "llm.input_messages" | "llm.output_messages",
  messages: readonly Message[],
): Attributes {
  const attributes: Attributes = {};
  for (const [index, message] of messages.entries()) {
    const key = `${prefix}.${index}.message`;
    attributes[`${key}.role`] = message.role;
    if (message.content !== undefined) attributes[`${key}.content`] = message.content;
    if (message.callId !== undefined) attributes[`${key}.tool_call_id`] = message.callId;
    for (const [position, call] of (message.calls ?? []).entries()) {
      attributes[`${key}.tool_calls.${position}.id`] = call.id;
      attributes[`${key}.tool_calls.${position}.function.name`] = call.name;
      attributes[`${key}.tool_calls.${position}.function.arguments`] = call.arguments;
    }
  }
  return attributes;
}

/** About four characters to a token, as in English prose, and a few for each message's frame. */
export function countTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + 4 + Math.ceil(JSON.stringify(message).length / 4), 0);
}
