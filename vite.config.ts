import { defineConfig } from "vite";
import type { Plugin } from "vite";
import { licensesText } from "./.ci/licenses.ts";

/** Serves the licences of what page and Worker contain beside the page: they ask to be passed on with it. */
const licenses: Plugin = {
  name: "licenses",
  async generateBundle() {
    this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: await licensesText(import.meta.dirname) });
  },
};

// Fixed names: the page's HTML is a file that the Worker serves, and both are revalidated on every load.
export default defineConfig({
  publicDir: false,
  plugins: [licenses],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "public/build",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    sourcemap: true,
    rolldownOptions: {
      input: ["src/dashboard/main.tsx", "src/dashboard/style.css"],
      output: { entryFileNames: "main.js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
