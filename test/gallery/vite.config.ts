import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { capturedSessions } from "./captured-sessions.ts";

const MODULE = "virtual:captured-sessions";

/** The gallery's page has no server to ask: the sessions are part of its code. */
const captures: Plugin = {
  name: "captured-sessions",
  resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
  load(id) {
    if (id !== `\0${MODULE}`) return undefined;
    return `export const sessions = JSON.parse(${JSON.stringify(JSON.stringify(capturedSessions()))});`;
  },
};

/** `npm run gallery`: the page's components in all their states, without a server. It is never deployed. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [captures],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { host: "127.0.0.1", open: false },
  build: {
    outDir: join(import.meta.dirname, "..", "..", ".cache", "gallery"),
    emptyOutDir: true,
    target: "es2022",
    // Names of components: a test looks which of them are shown.
    minify: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 10_000,
  },
});
