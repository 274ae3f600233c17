import { defineConfig } from "vite";

// Fixed names: the page's HTML is a file that the Worker serves, and both are revalidated on every load.
export default defineConfig({
  publicDir: false,
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
