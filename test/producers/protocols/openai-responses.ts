import { type Reply, USAGE } from "../scripted-model.ts";
import { lastOf, list, type Protocol, readTools, textOf } from "./protocol.ts";

/** OpenAI's Responses, the only protocol of Codex. */
export const openaiResponses: Protocol = {
  path: /\/responses$/,
  read: ({ model, input, tools }) => ({
    model: String(model),
    tools: readTools(list(tools), "parameters"),
    ...lastOf(
      typeof input === "string"
        ? [{ prompt: input }]
        : list(input).map(({ type, role, content, output }) =>
            type === "function_call_output"
              ? { result: textOf(output) }
              : role === "user"
                ? { prompt: textOf(content) }
                : {},
          ),
    ),
  }),
  isStreamed: ({ stream }) => stream === true,
  whole: ({ model }, reply) => response(model, "completed", itemsOf(reply)),
  *stream({ model }, reply) {
    const items = itemsOf(reply);
    let sequence = 0;
    const event = (type: string, data: object) => ({
      event: type,
      data: { type, sequence_number: sequence++, ...data },
    });
    yield event("response.created", { response: response(model, "in_progress", []) });
    for (const [output_index, item] of items.entries()) {
      const at = { item_id: item.id, output_index };
      if (item.type === "message") {
        yield event("response.output_item.added", { output_index, item: { ...item, content: [] } });
        const part = { type: "output_text", text: "", annotations: [] };
        yield event("response.content_part.added", { ...at, content_index: 0, part });
        for (const delta of reply.text.match(/\S+\s*/g) ?? []) {
          yield event("response.output_text.delta", { ...at, content_index: 0, delta, logprobs: [] });
        }
        yield event("response.output_text.done", { ...at, content_index: 0, text: reply.text, logprobs: [] });
        yield event("response.content_part.done", { ...at, content_index: 0, part: { ...part, text: reply.text } });
      } else {
        yield event("response.output_item.added", { output_index, item: { ...item, arguments: "" } });
        yield event("response.function_call_arguments.delta", { ...at, delta: item.arguments });
        yield event("response.function_call_arguments.done", { ...at, name: item.name, arguments: item.arguments });
      }
      yield event("response.output_item.done", { output_index, item });
    }
    yield event("response.completed", { response: response(model, "completed", items) });
  },
};

function itemsOf({ text, calls }: Reply) {
  const content = [{ type: "output_text", text, annotations: [] }];
  const message = { id: "msg_1", type: "message", role: "assistant", status: "completed", content } as const;
  const items = calls.map(({ id, name, arguments: input }, index) => ({
    id: `fc_${index}`,
    type: "function_call" as const,
    status: "completed",
    call_id: id,
    name,
    arguments: JSON.stringify(input),
  }));
  return text === "" ? items : [message, ...items];
}

function response(model: string, status: string, output: readonly object[]) {
  return {
    id: "resp_1",
    object: "response",
    created_at: 1_795_000_000,
    status,
    model,
    output,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    top_p: 1,
    tool_choice: "auto",
    tools: [],
    usage: {
      input_tokens: USAGE.input,
      input_tokens_details: { cached_tokens: USAGE.cached, cache_write_tokens: 0 },
      output_tokens: USAGE.output,
      output_tokens_details: { reasoning_tokens: USAGE.reasoning },
      total_tokens: USAGE.input + USAGE.output,
    },
  };
}
