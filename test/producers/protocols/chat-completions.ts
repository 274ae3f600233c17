import { USAGE } from "../scripted-model.ts";
import { fields, lastOf, list, type Protocol, readTools, textOf } from "./protocol.ts";

const usage = {
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
  prompt_tokens_details: { cached_tokens: USAGE.cached },
  completion_tokens_details: { reasoning_tokens: USAGE.reasoning },
};

/** OpenAI's Chat Completions, which most local servers of models speak. */
export const chatCompletions: Protocol = {
  path: /\/chat\/completions$/,
  read: ({ model, messages, tools }) => ({
    model: String(model),
    tools: readTools(
      list(tools).map((tool) => fields(tool["function"])),
      "parameters",
    ),
    ...lastOf(
      list(messages).map(({ role, content }) => {
        const text = textOf(content);
        // smolagents says a tool's result as a person.
        const isResult = role === "tool" || text.startsWith("Observation:");
        return isResult ? { result: text } : role === "user" ? { prompt: text } : {};
      }),
    ),
  }),
  isStreamed: ({ stream }) => stream === true,
  whole: ({ model }, { text, calls }) => ({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_795_000_000,
    model,
    choices: [
      {
        index: 0,
        finish_reason: calls.length > 0 ? "tool_calls" : "stop",
        message: {
          role: "assistant",
          content: text || null,
          ...(calls.length > 0 ? { tool_calls: calls.map(wire) } : {}),
        },
      },
    ],
    usage,
  }),
  *stream({ model }, { text, calls }) {
    const chunk = (delta: object, finish: string | null = null) => ({
      data: {
        id: "chatcmpl-1",
        object: "chat.completion.chunk",
        created: 1_795_000_000,
        model,
        choices: [{ index: 0, delta, finish_reason: finish }],
      },
    });
    yield chunk({ role: "assistant", content: "" });
    for (const word of text.match(/\S+\s*/g) ?? []) yield chunk({ content: word });
    for (const [index, call] of calls.entries()) yield chunk({ tool_calls: [{ index, ...wire(call) }] });
    yield chunk({}, calls.length > 0 ? "tool_calls" : "stop");
    const last = chunk({}).data;
    yield { data: { ...last, choices: [], usage } };
    yield { data: "[DONE]" };
  },
};

const wire = ({ id, name, arguments: input }: { id: string; name: string; arguments: unknown }) => ({
  id,
  type: "function",
  function: { name, arguments: JSON.stringify(input) },
});
