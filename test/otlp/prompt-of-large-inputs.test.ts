import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeFacts } from "../../src/facts/codec/encode.ts";

const system = "You are a helpful coding agent. ".repeat(400);
const user = "Fix the login bug\nIt is in src/login.ts.";

function promptOf(key: string, value: unknown): string | undefined {
  const span = {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    name: "chat gpt",
    startTimeUnixNano: "1",
    endTimeUnixNano: "2",
    attributes: [{ key, value: { stringValue: typeof value === "string" ? value : JSON.stringify(value) } }],
  };
  const body = new TextEncoder().encode(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  const decoded = decodeTraces(body, "json");
  if (!decoded.ok) throw new Error(decoded.error.reason);
  const [group] = decoded.value.groups;
  return group && decodeFacts(encodeDelivery(group).facts)?.[0]?.prompt;
}

describe("the prompt of an input that is too large for the chunk", () => {
  test.each([
    [
      "gen_ai.input.messages",
      [
        { role: "system", parts: [{ type: "text", content: system }] },
        { role: "user", parts: [{ type: "text", content: user }] },
      ],
    ],
    [
      "ai.prompt.messages",
      [
        { role: "system", content: system },
        { role: "user", content: [{ type: "text", text: user }] },
      ],
    ],
    ["ai.prompt", { system, messages: [{ role: "user", content: user }] }],
    [
      "input.value",
      {
        messages: [
          { role: "system", content: system },
          { role: "user", content: user },
        ],
      },
    ],
  ])("in %s is the user's last message", (key, value) => {
    expect(promptOf(key, value)).toBe("Fix the login bug");
  });

  test("in a text is its first line", () => {
    expect(promptOf("input.value", `Summarise this:\n${system}`)).toBe("Summarise this:");
  });
});
