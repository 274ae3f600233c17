import { type Reply, USAGE } from "../scripted-model.ts";
import { lastOf, list, type Protocol, readTools, textOf } from "./protocol.ts";

/** Anthropic counts input apart from the cache. */
const usage = {
  input_tokens: USAGE.input - USAGE.cached,
  cache_read_input_tokens: USAGE.cached,
  cache_creation_input_tokens: 0,
  output_tokens: USAGE.output,
};

export const anthropicMessages: Protocol = {
  path: /\/messages$/,
  read: ({ model, messages, tools }) => ({
    model: String(model),
    tools: readTools(list(tools), "input_schema"),
    ...lastOf(
      list(messages)
        .filter(({ role }) => role === "user")
        .flatMap(({ content }) =>
          typeof content === "string"
            ? [{ prompt: content }]
            : list(content).map((part) =>
                part["type"] === "tool_result"
                  ? { result: textOf(part["content"]) }
                  : textOf([part]).startsWith("<system-reminder>")
                    ? {}
                    : { prompt: textOf([part]) },
              ),
        ),
    ),
  }),
  isStreamed: ({ stream }) => stream === true,
  whole: ({ model }, reply) => ({ ...message(model, stopOf(reply)), content: blocksOf(reply), usage }),
  *stream({ model }, reply) {
    const event = (type: string, data: object) => ({ event: type, data: { type, ...data } });
    yield event("message_start", {
      message: { ...message(model, null), content: [], usage: { ...usage, output_tokens: 1 } },
    });
    for (const [index, block] of blocksOf(reply).entries()) {
      if (block.type === "text") {
        yield event("content_block_start", { index, content_block: { type: "text", text: "" } });
        for (const text of block.text.match(/\S+\s*/g) ?? []) {
          yield event("content_block_delta", { index, delta: { type: "text_delta", text } });
        }
      } else {
        yield event("content_block_start", { index, content_block: { ...block, input: {} } });
        const partial_json = JSON.stringify(block.input);
        yield event("content_block_delta", { index, delta: { type: "input_json_delta", partial_json } });
      }
      yield event("content_block_stop", { index });
    }
    yield event("message_delta", { delta: { stop_reason: stopOf(reply), stop_sequence: null }, usage });
    yield event("message_stop", {});
  },
};

function blocksOf({ text, calls }: Reply) {
  const uses = calls.map(({ id, name, arguments: input }) => ({ type: "tool_use" as const, id, name, input }));
  return text === "" ? uses : [{ type: "text" as const, text }, ...uses];
}

const stopOf = ({ calls }: Reply) => (calls.length > 0 ? "tool_use" : "end_turn");

const message = (model: string, stop_reason: string | null) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model,
  stop_reason,
  stop_sequence: null,
});
