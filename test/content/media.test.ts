import { describe, expect, test } from "vitest";

import { gistOf } from "../../src/content/gist.ts";
import { mediaOf, mediaText, withoutBytes } from "../../src/content/media.ts";
import { partMedia, resultParts } from "../../src/content/result-parts.ts";
import { readMessages } from "../../src/content/messages.ts";

const PNG = `iVBORw0KGgo${"AbC1".repeat(300)}`;
const URL = `data:image/png;base64,${PNG}`;

const read = (value: unknown): string => {
  const media = mediaOf(value);
  return media === undefined ? "no media" : mediaText(media, "en");
};

describe("pictures, sounds and files, in each dialect", () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["a data address", URL, "image/png, 908 B"],
    ["OpenAI chat", { type: "image_url", image_url: { url: URL } }, "image/png, 908 B"],
    ["OpenAI responses", { type: "input_image", image_url: URL }, "image/png, 908 B"],
    ["OpenAI sound", { type: "input_audio", input_audio: { data: "UklGRiQA", format: "wav" } }, "audio/wav, 6 B"],
    [
      "OpenAI file",
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0x" } },
      "a.pdf, application/pdf, 6 B",
    ],
    [
      "Anthropic",
      { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
      "image/png, 908 B",
    ],
    [
      "Anthropic, by address",
      { type: "image", source: { type: "url", url: "https://x.test/a.png" } },
      "image, https://x.test/a.png",
    ],
    ["MCP", { type: "image", data: PNG, mimeType: "image/png" }, "image/png, 908 B"],
    [
      "MCP resource",
      { type: "resource", resource: { uri: "file:///a.bin", mimeType: "application/x", blob: "AAAA" } },
      "application/x, 3 B",
    ],
    ["Gemini", { inlineData: { mimeType: "image/jpeg", data: "/9j/4AAQ" } }, "image/jpeg, 6 B"],
    ["Google ADK", { inline_data: { mime_type: "image/jpeg", data: "_9j_4AAQ" } }, "image/jpeg, 6 B"],
    ["Gemini, by address", { fileData: { mimeType: "video/mp4", fileUri: "gs://b/v.mp4" } }, "video/mp4, gs://b/v.mp4"],
    ["Bedrock", { image: { format: "png", source: { bytes: PNG } } }, "image/png, 908 B"],
    [
      "the convention's blob",
      { type: "blob", modality: "image", mime_type: "image/png", content: PNG },
      "image/png, 908 B",
    ],
    [
      "the convention's address",
      { type: "uri", modality: "image", uri: "https://x.test/a" },
      "image, https://x.test/a",
    ],
    ["the convention's file", { type: "file", modality: "video", file_id: "f-1" }, "video, f-1"],
    ["AI SDK", { type: "file", mediaType: "image/webp", data: "UklGRiQA" }, "image/webp, 6 B"],
    ["AI SDK image", { type: "image", image: URL }, "image/png, 908 B"],
    ["AI SDK result", { type: "media", mediaType: "image/png", data: PNG }, "image/png, 908 B"],
    ["Genkit", { media: { url: URL, contentType: "image/png" } }, "image/png, 908 B"],
    ["base64 alone", PNG, "image/png, 908 B"],
  ];
  test.each(cases)("%s", (_, value, text) => expect(read(value)).toBe(text));

  test("no media: data of the same form without a file", () => {
    expect(read({ type: "file", path: "a.ts" })).toBe("no media");
    expect(read({ type: "text", text: "image" })).toBe("no media");
    expect(read({ image: "nginx:1.27" })).toBe("no media");
    expect(read({ data: "hello" })).toBe("no media");
    expect(read({ url: "https://x.test", contentType: "text/html", content: "ok" })).toBe("no media");
    expect(read({ type: "document", source: { type: "text", media_type: "text/plain", data: "words" } })).toBe(
      "no media",
    );
    expect(read("a".repeat(600))).toBe("no media");
    expect(read("0123456789abcdef".repeat(64))).toBe("no media");
  });
});

describe("text without the bytes of files", () => {
  test("data keeps its form, with a note in the place of each file", () => {
    expect(
      withoutBytes({
        ok: true,
        screenshot: PNG,
        more: [{ type: "image", data: PNG, mimeType: "image/png" }],
        note: "x",
      }),
    ).toEqual({ ok: true, screenshot: "[image/png, 908 B]", more: ["[image/png, 908 B]"], note: "x" });
    const same = { a: ["b", 1] };
    expect(withoutBytes(same)).toBe(same);
  });

  test("within a text, also where its end is cut off", () => {
    expect(withoutBytes(`See ![](${URL}) here.`)).toBe("See ![]([image/png, 908 B]) here.");
    expect(withoutBytes(`[{"type":"image","data":"${PNG}`)).toBe('[{"type":"image","data":"[image/png, 908 B]');
  });

  test("a line of a result names its files", () => {
    expect(
      gistOf([
        { type: "text", text: "Done." },
        { type: "image", data: PNG, mimeType: "image/png" },
      ]),
    ).toBe("Done., image/png, 908 B");
  });
});

describe("results that are lists of parts", () => {
  const parts = (value: unknown) =>
    resultParts(value)?.map((part) =>
      part.type === "other"
        ? partMedia(part)
            .map((media) => mediaText(media, "en"))
            .join(" ")
        : "text" in part
          ? part.text
          : part.type,
    );
  test("text and pictures of the Model Context Protocol", () => {
    const content = [
      { type: "text", text: "Done." },
      { type: "image", data: PNG, mimeType: "image/png" },
    ];
    expect(parts({ content, isError: false })).toEqual(["Done.", "image/png, 908 B"]);
    expect(parts(content)).toEqual(["Done.", "image/png, 908 B"]);
  });
  test("one picture", () =>
    expect(parts({ type: "image", data: PNG, mimeType: "image/png" })).toEqual(["image/png, 908 B"]));
  test("other data is none", () => {
    expect(parts([{ type: "text", text: "a", score: 1 }, { title: "b" }])).toBeUndefined();
    expect(parts([{ type: "file", path: "a.ts" }])).toBeUndefined();
    expect(parts({ a: 1 })).toBeUndefined();
  });
});

test("a picture in a message", () => {
  const [message] = readMessages([{ role: "user", content: [{ type: "image_url", image_url: { url: URL } }] }]) ?? [];
  expect(
    message?.parts.map((part) => (part.type === "other" ? [part.is, partMedia(part)[0]?.mimeType] : part)),
  ).toEqual([["image_url", "image/png"]]);
});
