import { expect, test } from "vitest";

import { assistant, calls, llm, markdownOf, sketched, spanOfSketch, user, viewOf } from "./session-of.ts";

const PNG = `iVBORw0KGgo${"AbC1".repeat(300)}`;
const PICTURE = { type: "image", data: PNG, mimeType: "image/png" };

const tool = (id: number, more: Readonly<Record<string, unknown>>) => ({
  id,
  parent: 1,
  name: "execute_tool shot",
  start: id,
  with: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "shot", ...more },
});

const agent = { id: 1, name: "invoke_agent a", end: 20, with: { "gen_ai.operation.name": "invoke_agent" } };

test("a picture in a result is a line with its type and size, whatever stands around it", () => {
  const text = markdownOf(
    sketched([
      agent,
      tool(2, { "gen_ai.tool.call.result": { content: [{ type: "text", text: "Taken." }, PICTURE] } }),
      tool(3, { "gen_ai.tool.call.result": { url: "/", screenshot: PNG } }),
      tool(4, { "gen_ai.tool.call.result": `Saved as data:image/png;base64,${PNG}` }),
      tool(5, {
        "gen_ai.tool.call.arguments": { image: `data:image/png;base64,${PNG}` },
        "gen_ai.tool.call.result": "ok",
      }),
    ]),
  );
  expect(text).not.toContain("AbC1AbC1");
  expect(text.match(/.*image\/png, 908 B.*/g)).toEqual([
    "[image/png, 908 B]",
    '**Tool** `shot` → `{"url":"/","screenshot":"[image/png, 908 B]"}` · 1.00 s',
    "**Tool** `shot` → `Saved as [image/png, 908 B]` · 1.00 s",
    '**Tool** `shot` `{"image":"[image/png, 908 B]"}` → `ok` · 1.00 s',
  ]);
});

test("a picture in a message is an attachment with its type, and stands once", () => {
  const ask = {
    role: "user",
    content: [
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
      { type: "image_url", image_url: { url: "https://x.test/a.png" } },
    ],
  };
  const shown = { role: "tool", tool_call_id: "c1", content: JSON.stringify([PICTURE]) };
  const text = markdownOf(
    sketched([
      agent,
      llm({ id: 2, parent: 1, start: 1 }, [ask], [calls("c1", "shot", {})]),
      llm({ id: 3, parent: 1, start: 2 }, [ask, calls("c1", "shot", {}), shown], [assistant("A cat.")]),
      llm(
        { id: 4, parent: 1, start: 4 },
        [ask, calls("c1", "shot", {}), shown, assistant("A cat."), user("Thanks")],
        [assistant("Sure.")],
      ),
    ]),
  );
  expect(text).not.toContain("AbC1AbC1");
  expect(text.match(/.*(?:image).*/g)).toEqual([
    "*Attachment: `image/png`, 908 B.*",
    "*Attachment: `image, https://x.test/a.png`.*",
    "**Tool** `shot` → `[image/png, 908 B]`",
  ]);
});

test("a picture in the text of a message is named where it stands", () => {
  const text = markdownOf(
    sketched([llm({ id: 1 }, [user(`Look: ![](data:image/png;base64,${PNG}) Well?`)], [assistant("A cat.")])]),
  );
  expect(text).toContain("Look: !\\[](\\[image/png, 908 B]) Well?");
});

test("a prompt that one call sends whole lacks nothing, though later calls have it in a large value", () => {
  const large = (id: number) => {
    const messages = JSON.stringify([user("Weather?"), assistant("x".repeat(9_000)), user("Weather?")]);
    const preview = {
      stringValue: messages.slice(0, 200),
      offloaded: { hash: "h", bytes: messages.length, prompt: "Weather?" },
    };
    const span = spanOfSketch(llm({ id, parent: 1, start: id }, "", [assistant("Sunny.")]));
    const attributes = (span.attributes ?? []).map((attribute) =>
      attribute.key === "gen_ai.input.messages" ? { ...attribute, value: preview } : attribute,
    );
    return { ...span, attributes };
  };
  const whole = spanOfSketch(llm({ id: 2, parent: 1, start: 2 }, [user("Weather?")], [assistant("Sunny.")]));
  // The larger call arrives first.
  const text = markdownOf(viewOf([[large(3)], [whole], [spanOfSketch(agent)]]));
  expect(text).toContain("Weather?");
  expect(text).not.toContain("left out");
});
