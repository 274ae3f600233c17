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

/** Where each route begins: first what every page needs, then a session's folds apart from its components. */
const ROUTES = {
  main: "main.tsx",
  folds: "session/display-fold.ts",
  session: "session/page.tsx",
  list: "sessions/page.tsx",
};

/**
 * The chunk of a module: the first route that imports it at once; `main` for what the list shares with a session, and `shared` for what it shares
 * with a part that loads later. Other modules have a chunk for each `import()`.
 */
function routeOf(id: string, context: Rolldown.ChunkingContext): string | null {
  const isIn = (route: keyof typeof ROUTES, how: "at once" | "ever" = "at once"): boolean => {
    // The loop also visits what it adds.
    const found = new Set([join(import.meta.dirname, "src/dashboard", ROUTES[route])]);
    for (const module of found) {
      const known = context.getModuleInfo(module);
      for (const imported of known?.importedIds ?? []) found.add(imported);
      if (how === "ever") for (const imported of known?.dynamicallyImportedIds ?? []) found.add(imported);
    }
    return found.has(id);
  };
  if (isIn("main") || (isIn("list") && (isIn("session") || isIn("folds")))) return "main";
  if (isIn("list") && isIn("session", "ever")) return "shared";
  return (["folds", "session", "list"] as const).find((route) => isIn(route)) ?? null;
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
          groups: (["main", "shared", "folds", "session", "list"] as const).map((route, place) => ({
            name: (id, context) => (routeOf(id, context) === route ? route : null),
            debugName: route,
            priority: 9 - place,
          })),
        },
      },
    },
  },
});
