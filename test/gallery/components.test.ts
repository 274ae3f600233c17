import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { closeBrowser } from "../e2e/open-page.ts";
import { GALLERY, goTo, openGallery } from "./gallery-page.ts";

afterAll(closeBrowser);

const DASHBOARD = join(import.meta.dirname, "..", "..", "src", "dashboard");

/** Components that need a server's answer, or a person's gesture; a browser test draws each. */
const NOT_HERE: Readonly<Record<string, string>> = {
  App: "opens streams; the gallery's pages stand in its place",
  Opening: "stands until code is loaded",
  Deleted: "of App; the gallery shows its note",
  ResultPart: "of a result in parts: test/e2e/inspector.test.ts",
  OtherPart: "of a result in parts: test/e2e/inspector.test.ts",
  Choices: "needs permission: test/e2e/notifications.test.ts",
  AlertsDialog: "needs a server's answers: test/e2e/alerts.test.ts",
  AlertList: "of the alerts' dialog",
  AlertRow: "of the alerts' dialog",
  AlertForm: "of the alerts' dialog",
  PushChoice: "needs permission: test/e2e/push.test.ts",
  ImportedView: "needs an answer to an upload: test/e2e/import.test.ts",
};

/** Names of the components that the files of the dashboard define, by file. */
function components(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(DASHBOARD, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".tsx"));
  return new Map(
    files.toSorted().map((file) => {
      const text = readFileSync(join(DASHBOARD, file), "utf8");
      const defined = text.matchAll(
        /^(?:export )?(?:function ([A-Z][a-z]\w*)|const ([A-Z][a-z]\w*) = (?:\([^)]*\)|\w+) =>)/gm,
      );
      return [file, Array.from(defined, ([, declared, assigned]) => declared ?? assigned ?? "")];
    }),
  );
}

test("the gallery shows every component of the dashboard", async () => {
  const drawn = new Set<string>();
  for (const width of [1440, 390]) {
    const { page, complaints } = await openGallery({ viewport: { width, height: 900 } });
    for (const state of width === 1440 ? GALLERY : GALLERY.filter(({ name }) => name === "list")) {
      await goTo(page, state);
      for (const name of await page.evaluate(() =>
        (window as unknown as { drawnComponents: () => readonly string[] }).drawnComponents(),
      ))
        drawn.add(name.replace(/\$\d+$/, ""));
      expect(complaints.splice(0), state.name).toEqual([]);
    }
  }
  const missing = [...components()].flatMap(([file, names]) =>
    names.filter((name) => !drawn.has(name) && !(name in NOT_HERE)).map((name) => `${file}: ${name}`),
  );
  expect(missing).toEqual([]);
});
