import { useMemo, useState } from "preact/hooks";
import { mediaOf } from "../../../content/media.ts";
import { count, counted } from "../../../lib/figures.ts";
import { isRecord } from "../../../lib/plain-data.ts";
import { visibleText } from "../../../lib/visible-text.ts";
import { CopyButton } from "../copy-button.tsx";
import { oneLine } from "../untrusted-text.tsx";
import { Icon } from "../icons.tsx";
import { MediaView } from "./media-view.tsx";
import "./text.css";
import "./markdown.css";

/** Entries of one value that are drawn at first, and each time that the reader asks for more. */
const ENTRIES = 50;
/** Values with at most this many entries are open at first, down to this depth. */
const OPEN_ENTRIES = 12;
const OPEN_DEPTH = 3;
/** UTF-16 units of a text that is shown. */
const MAX_TEXT = 2_000;

/** Data as a tree: values fold, texts keep their lines, and each path can be copied. */
export const JsonTree = ({ value }: { readonly value: unknown }) => (
  <div class="json-tree" dir="ltr">
    <Value name={undefined} path="$" value={value} depth={0} />
  </div>
);

type ValueProps = {
  /** Of the field or the item; `undefined` at the top. */
  readonly name: string | undefined;
  readonly path: string;
  readonly value: unknown;
  readonly depth: number;
};

function Value({ name, path, value, depth }: ValueProps) {
  const media = useMemo(() => mediaOf(value), [value]);
  const entries = media === undefined ? entriesOf(value, path) : undefined;
  const [isOpen, setOpen] = useState(depth === 0 || (depth < OPEN_DEPTH && (entries?.length ?? 0) <= OPEN_ENTRIES));
  const [most, setMost] = useState(ENTRIES);
  const label = name === undefined ? null : <span class="json-key">{visibleText(name)}</span>;
  if (entries === undefined || entries.length === 0)
    return (
      <div class="json-row">
        {label}
        {label === null ? null : ": "}
        {media === undefined ? <Scalar value={value} /> : <MediaView media={media} />}
        <CopyButton text={() => path} label={`Copy path ${oneLine(path, 120)}`} />
      </div>
    );
  return (
    <div class="json-value">
      <div class="json-row">
        <button type="button" class="json-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name="chevron" />
          {label}
          <span class="muted">{sizeOf(value, entries.length)}</span>
        </button>
        <CopyButton text={() => path} label={`Copy path ${oneLine(path, 120)}`} />
      </div>
      {isOpen ? (
        <div class="json-entries">
          {entries.slice(0, most).map((entry) => (
            <Value key={entry.path} {...entry} depth={depth + 1} />
          ))}
          {entries.length > most ? (
            <button type="button" class="link" onClick={() => setMost(most + ENTRIES)}>
              {count(entries.length - most)} more
            </button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

const sizeOf = (value: unknown, entries: number): string =>
  Array.isArray(value) ? `[${counted(entries, "item")}]` : `{${counted(entries, "field")}}`;

/** `undefined` of what has no entries. */
function entriesOf(value: unknown, path: string): readonly Omit<ValueProps, "depth">[] | undefined {
  if (Array.isArray(value))
    return value.map((item: unknown, at) => ({ name: String(at), path: `${path}[${at}]`, value: item }));
  if (!isRecord(value)) return undefined;
  return Object.entries(value).map(([name, field]) => ({ name, path: `${path}${step(name)}`, value: field }));
}

/** As in JSONPath. */
export const step = (name: string): string =>
  /^[a-z_$][\w$]*$/i.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

function Scalar({ value }: { readonly value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== "string")
    return <span class="json-literal">{Array.isArray(value) ? "[]" : isRecord(value) ? "{}" : String(value)}</span>;
  const shown = isWhole || value.length <= MAX_TEXT ? value : value.slice(0, MAX_TEXT).toWellFormed();
  return (
    <>
      <span class={value.includes("\n") ? "json-string json-lines" : "json-string"} dir="auto">
        {value.includes("\n") ? visibleText(shown) : JSON.stringify(visibleText(shown))}
      </span>
      {shown.length < value.length ? (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {counted(value.length, "character")}
        </button>
      ) : null}
    </>
  );
}
