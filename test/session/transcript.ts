import type { Message } from "../../src/content/messages.ts";

/** A conversation as a person would write it down, so that a test shows what a page would. */
export function transcript(messages: readonly Message[] | undefined): readonly string[] | undefined {
  return messages?.map(({ role, parts, finishReason }) => {
    const said = parts.map((part) => {
      switch (part.type) {
        case "text":
          return part.text;
        case "reasoning":
          return `(${part.text})`;
        case "tool_call":
          return `${part.id ?? ""}→${part.name} ${JSON.stringify(part.arguments)}`;
        case "tool_call_response":
          return `${part.id ?? ""}← ${JSON.stringify(part.result)}`;
        case "other":
          return `<${part.is}>`;
      }
    });
    return `${role}: ${said.join(" | ")}${finishReason === undefined ? "" : ` [${finishReason}]`}`;
  });
}
