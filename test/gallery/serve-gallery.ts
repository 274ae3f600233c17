import { join } from "node:path";
import { build, preview } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly galleryUrl: string;
  }
}

/** Builds the gallery, and serves it on a free port until all tests are over. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const configFile = join(import.meta.dirname, "vite.config.ts");
  await build({ configFile, logLevel: "error" });
  const server = await preview({ configFile, logLevel: "error", preview: { host: "127.0.0.1", port: 0 } });
  const [url = ""] = server.resolvedUrls?.local ?? [];
  project.provide("galleryUrl", url.replace(/\/$/, ""));
  return () => server.close();
}
