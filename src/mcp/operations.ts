/** The endpoint of the Model Context Protocol. docs/mcp.md describes the tools; a client asks for them by `tools/list`. */
import * as v from "valibot";
import { json, REFUSALS } from "../api/operation.ts";
import type { Operations } from "../api/operation.ts";

const MessageSchema = v.looseObject({ jsonrpc: v.literal("2.0") });
const AnswerSchema = v.union([MessageSchema, v.array(MessageSchema)]);
const EventSchema = v.object({ event: v.literal("message"), data: MessageSchema });

export const mcpOperations: Operations = {
  "/mcp": {
    post: {
      summary: "The Model Context Protocol, by Streamable HTTP without sessions: tools that read sessions.",
      body: { "application/json": MessageSchema },
      answers: {
        200: json("The answer; of a tool that waits, a stream that ends with it.", AnswerSchema, {
          "text/event-stream": EventSchema,
        }),
        202: { description: "A notification." },
        400: json("No message, or a version or header that does not fit it.", MessageSchema),
        404: json("Unknown method, in a version without a handshake.", MessageSchema),
        413: json("The body is too long.", MessageSchema),
        415: json("The body is no JSON.", MessageSchema),
        ...REFUSALS,
      },
    },
  },
};
