import { CopyButton } from "../copy-button.tsx";
import { Coloured } from "./coloured.tsx";
import "./text.css";

const JSON_LANGUAGES: ReadonlySet<string> = new Set(["json", "jsonc", "json5", "jsonl"]);
/** Longer code is shown without colours, UTF-16 units. */
const MAX_COLOURED = 60_000;

/** A block of code, with its language and a copy button. */
export function CodeText({ text, language }: { readonly text: string; readonly language: string }) {
  const isColoured = JSON_LANGUAGES.has(language.toLowerCase()) && text.length <= MAX_COLOURED;
  return (
    <div class="code-block">
      {language === "" ? null : <span class="code-language">{language}</span>}
      <CopyButton text={() => text} label="Copy code" />
      <pre class="text text-code" dir="ltr">
        {isColoured ? <Coloured text={text} /> : text}
      </pre>
    </div>
  );
}
