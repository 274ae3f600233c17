import { visibleLine } from "../lib/visible-text.ts";
import { element } from "./element.ts";
import type { Element } from "./element.ts";

/** Text of a span: visible, on one line, and isolated, so that its direction does not affect the text beside it. */
export const untrusted = (text: string, limit?: number): Element =>
  element("bdi", { class: "untrusted", dir: "auto" }, visibleLine(text, limit));
