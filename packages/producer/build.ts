/** Builds `dist` for Node, Bun and Deno, `dist/workers` for Workers, and the types. Only packages stay imports. */
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const root = import.meta.dirname;
const repository = join(root, "..", "..");
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });

const PLATFORMS = [
  { outDir: dist, conditions: ["default"] },
  { outDir: join(dist, "workers"), conditions: ["workerd", "default"] },
] as const;

for (const { outDir, conditions } of PLATFORMS) {
  await build({
    root,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    resolve: { conditions: [...conditions] },
    build: {
      outDir,
      target: "es2022",
      minify: false,
      lib: { entry: join(root, "src", "index.ts"), formats: ["es"] },
      rolldownOptions: {
        external: /^(?:node:|@opentelemetry\/|@grpc\/)/,
        output: { entryFileNames: "index.js", chunkFileNames: "[name].js" },
      },
    },
  });
}

const types = join(repository, ".cache", "producer-types");
rmSync(types, { recursive: true, force: true });
const compile = ["--no-install", "tsc", "-p", "tsconfig.build.json"];
if (spawnSync("npx", compile, { cwd: root, stdio: "inherit" }).status !== 0) process.exit(1);
// The compiler also describes the files that were bundled.
cpSync(join(types, "packages", "producer", "src"), dist, { recursive: true });
for (const name of ["LICENSE", "NOTICE"]) cpSync(join(repository, name), join(root, name));
