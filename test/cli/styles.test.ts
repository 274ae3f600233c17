import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const DASHBOARD = join(import.meta.dirname, "..", "..", "src", "dashboard");

/** Files that style the one class alone, outside of media queries. */
function stylesByClass(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(DASHBOARD, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".css")) continue;
    const text = readFileSync(join(DASHBOARD, file), "utf8").replaceAll(/\/\*.*?\*\//gs, "");
    for (const [, selectors = ""] of text.matchAll(/^([^\s@}][^{}]*)\{/gm)) {
      for (const selector of selectors.split(",").map((one) => one.trim())) {
        if (!/^\.[\w-]+$/.test(selector)) continue;
        const files = found.get(selector);
        if (files === undefined) found.set(selector, new Set([file]));
        else files.add(file);
      }
    }
  }
  return found;
}

/** A kind has its colour everywhere, and its weight in the timeline. */
const KIND = /^\.kind-/;
/** Of every page: its parts add to them. */
const COMMON: ReadonlySet<string> = new Set(["frame", "stream", "styles", "ui"]);

test("no two pages style one class: the styles of all of them load while one is idle", () => {
  const shared = Array.from(stylesByClass(), ([name, files]) => {
    const pages = new Set(Array.from(files, (file) => file.split("/")[0] ?? "").filter((page) => !COMMON.has(page)));
    return pages.size > 1 && !KIND.test(name) ? `${name}: ${[...files].toSorted().join(", ")}` : "";
  });
  expect(shared.filter((line) => line !== "")).toEqual([]);
});
