import { expect, test } from "vitest";

import { LIST_PRICES } from "../../src/session/prices/prices.ts";
import { spanDetail } from "../../src/session/span-detail.ts";
import { printSpan } from "../../src/session/span-text.ts";
import { TRACE } from "../facts/facts-of.ts";
import { spanOfSketch, user, llm, assistant } from "./transcript/session-of.ts";

const PNG = `iVBORw0KGgo${"AbC1".repeat(300)}`;

test("pictures in one span are named with type and size, not written as base64", () => {
  const picture = {
    role: "user",
    content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }],
  };
  const shown = {
    role: "tool",
    tool_call_id: "c1",
    content: JSON.stringify([{ type: "image", data: PNG, mimeType: "image/png" }]),
  };
  const span = spanOfSketch(
    llm({ id: 1 }, [user(`See data:image/png;base64,${PNG}`), picture, shown], [assistant("A cat.")]),
  );
  const located = { found: "span", revision: 1, position: 0, otlpKinds: [0], subjects: [] } as const;
  const detail = spanDetail({
    traceId: TRACE,
    span: { stored: span, whole: span },
    resource: undefined,
    scope: undefined,
    records: [],
    omittedRecords: 0,
    located,
    prices: LIST_PRICES,
    max: undefined,
  });
  const text = printSpan(detail, { max: 100_000, claimed: new Set(["gen_ai.input.messages"]), more: () => "" });
  expect(text).not.toContain("AbC1AbC1");
  expect(text.match(/image\/png, 908 B/g)?.length).toBe(3);
});
