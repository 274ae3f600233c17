import { defineConfig } from "vite";
import type { Plugin, Rolldown } from "vite";
import { join } from "node:path";
import { licensesText } from "./.ci/licenses.ts";

/** Serves the licences of what page and Worker contain beside the page: they ask to be passed on with it. */
const licenses: Plugin = {
  name: "licenses",
  async generateBundle() {
    this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: await licensesText(import.meta.dirname) });
  },
};

/** Where the code of each part of the page begins. */
const PARTS = {
  main: ["main.tsx"],
  list: ["sessions/page.tsx", "sessions/feed.ts"],
  overview: ["overview/page.tsx"],
  session: ["session/page.tsx", "session/display-fold.ts"],
  // The reading with which a session opens.
  transcript: ["session/transcript/transcript-reading.tsx"],
  // What stands around a session's first rows and comes after them: one request, not one for each component.
  beside: [
    "session/shell/actions.tsx",
    "session/shell/expiry.tsx",
    "session/shell/figures.tsx",
    "session/shell/now-line-view.tsx",
    "session/shell/kind-toggles.tsx",
    "session/shell/turns.tsx",
    "session/search/search-box.tsx",
    "session/transcript/new-rows.tsx",
    "session/transcript/sticky-header.tsx",
  ],
};

const CHUNKS = ["main", "shared", "session", "transcript", "beside", "list", "overview"] as const;

/**
 * The chunk of a module, so that the first rows wait for few requests and no other code: `main` has what the list shares with a session, `shared`
 * what it shares with the overview and a session's later parts. Other modules have a chunk for each `import()`.
 */
function chunkOf(id: string, context: Rolldown.ChunkingContext): (typeof CHUNKS)[number] | undefined {
  const isIn = (part: keyof typeof PARTS, how: "at once" | "ever" = "at once"): boolean => {
    // The loop also visits what it adds.
    const found = new Set(PARTS[part].map((path) => join(import.meta.dirname, "src/dashboard", path)));
    for (const module of found) {
      const known = context.getModuleInfo(module);
      for (const imported of known?.importedIds ?? []) found.add(imported);
      if (how === "ever") for (const imported of known?.dynamicallyImportedIds ?? []) found.add(imported);
    }
    return found.has(id);
  };
  if (isIn("main") || (isIn("list") && (isIn("session") || isIn("transcript")))) return "main";
  if (isIn("list") && isIn("overview")) return "shared";
  if ((isIn("list") && isIn("session", "ever")) || (isIn("list", "ever") && isIn("beside"))) return "shared";
  return CHUNKS.find((chunk) => chunk !== "shared" && isIn(chunk));
}

// Fixed names: the page's HTML is a file that the Worker serves, and both are revalidated on every load.
export default defineConfig({
  publicDir: false,
  base: "/build/",
  plugins: [licenses],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "public/build",
    emptyOutDir: true,
    target: "es2022",
    // A part that loads later loads with all its chunks at once, not one after the other.
    modulePreload: { polyfill: false },
    sourcemap: true,
    rolldownOptions: {
      input: ["src/dashboard/main.tsx", "src/dashboard/style.css"],
      output: {
        entryFileNames: "main.js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
        codeSplitting: {
          // A chunk also takes what its modules import, unless a chunk of a higher priority has it.
          groups: CHUNKS.map((chunk, place) => ({
            name: (id, context) => (chunkOf(id, context) === chunk ? chunk : null),
            debugName: chunk,
            priority: CHUNKS.length - place,
          })),
        },
      },
    },
  },
});
