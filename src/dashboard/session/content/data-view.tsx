import { useMemo, useState } from "preact/hooks";
import { partMedia, resultParts } from "../../../content/result-parts.ts";
import type { MessagePart } from "../../../content/message-parts.ts";
import { jsonText, parseJson } from "../../../otel/any-value.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { lazily } from "../../ui/lazy.tsx";
import { MediaView } from "../../ui/markdown/media-view.tsx";
import { Prose } from "../../ui/markdown/prose.tsx";
import { LongText } from "./long-text.tsx";
import "./content.css";

const Tree = lazily<{ value: unknown }>(async () => (await import("../../ui/markdown/json-tree.tsx")).JsonTree);

/** UTF-16 units from which on data stays text, as texts do. */
const MAX_TREE = 150_000;

/** Arguments, a result, any data: parts one after the other, data as a tree, a text as it is. */
export function DataView({ value }: { readonly value: unknown }) {
  const parts = useMemo(() => resultParts(value), [value]);
  if (parts !== undefined)
    return (
      <div class="data-parts">
        {parts.map((part, index) => (
          <ResultPart key={index} part={part} />
        ))}
      </div>
    );
  return typeof value === "string" ? <TextView text={value} /> : <JsonView value={value} />;
}

function ResultPart({ part }: { readonly part: MessagePart }) {
  if (part.type === "other") return <OtherPart part={part} />;
  return "text" in part ? <TextView text={part.text} /> : <JsonView value={part} />;
}

/** A picture, a file, or any other part as its JSON. */
export function OtherPart({ part }: { readonly part: Extract<MessagePart, { type: "other" }> }) {
  const media = useMemo(() => partMedia(part), [part]);
  if (media.length === 0) return <DataView value={parseJson(part.text) ?? part.text} />;
  return (
    <>
      {media.map((one, index) => (
        <MediaView key={index} media={one} />
      ))}
    </>
  );
}

/** A text of a model, a user or a tool: data if it is JSON, else Markdown. */
export function TextView({ text }: { readonly text: string }) {
  const data = useMemo(() => dataIn(text), [text]);
  return data === undefined ? <Prose text={text} form="drawn" /> : <JsonView value={data} />;
}

function dataIn(text: string): unknown {
  const data = text.length < MAX_TREE && /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  return typeof data === "object" && data !== null ? data : undefined;
}

function JsonView({ value }: { readonly value: unknown }) {
  const text = useMemo(() => jsonText(value, 2), [value]);
  const [form, setForm] = useState<"tree" | "text">("tree");
  if (typeof value !== "object" || value === null || text.length >= MAX_TREE || text.length <= 2)
    return <LongText text={text} as="json" />;
  return (
    <div class="data-view">
      <span class="data-tools">
        <button type="button" class="link" onClick={() => setForm(form === "tree" ? "text" : "tree")}>
          {form === "tree" ? "text" : "tree"}
        </button>
        <CopyButton text={() => text} label="Copy the data" />
      </span>
      {form === "tree" ? <Tree.Part value={value} /> : <LongText text={text} as="json" />}
    </div>
  );
}
