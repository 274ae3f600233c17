/** Builds what the package of `npm pack` contains beside its texts: the page in public, the Worker and the command line in dist. */
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import type { Plugin } from "vite";
import { buildProgram } from "../src/cli/start/build.ts";
import { LOADED_BY_NODE, lockedPackages, noticesText } from "./licenses.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** Writes the licences of the packages that the command line contains, as the bundler found them. */
const notices: Plugin = {
  name: "notices",
  async generateBundle(_, bundle) {
    const paths = Object.values(bundle).flatMap((file) =>
      file.type === "chunk"
        ? file.moduleIds.flatMap((id) => /.*(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? [])
        : [],
    );
    const bundled = new Set(paths);
    const packages = (await lockedPackages(root)).filter(({ path }) => bundled.has(path));
    this.emitFile({
      type: "asset",
      fileName: "LICENSES.txt",
      source: await noticesText(root, "Its command line contains", packages),
    });
  },
};

const { script, options } = await buildProgram(root);
await rm(dist, { recursive: true, force: true });
await mkdir(join(dist, "worker"), { recursive: true });
await copyFile(script, join(dist, "worker", "index.js"));
// The paths in it are those of this machine: `prebuiltProgram` sets them anew.
const { rootPath: _, ...portable } = { ...options, assets: { ...options.assets, directory: "public" } };
await writeFile(join(dist, "worker", "options.json"), `${JSON.stringify(portable, undefined, 2)}\n`);

await build({
  configFile: false,
  root,
  logLevel: "warn",
  publicDir: false,
  plugins: [notices],
  ssr: { noExternal: true, external: [...LOADED_BY_NODE] },
  build: {
    ssr: true,
    target: "node20",
    outDir: join(dist, "cli"),
    minify: false,
    rolldownOptions: {
      input: { spanfold: join(root, "src/cli/spanfold.ts"), executor: join(root, "src/cli/demo/executor.ts") },
      // Flat: a part that is started as a process lies beside the one that starts it.
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
