import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const cache = join(import.meta.dirname, "..", "..", ".cache", "chromium");

/** The machine's fonts, if any, and the package's: without fonts text has no width and cannot be clicked. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(cache, "fonts")}</dir>
  <cachedir>${join(cache, "fontconfig")}</cachedir>
</fontconfig>
`;

/** Runs once before all tests, because test files that run in parallel would each unpack it. */
export async function setup(): Promise<void> {
  if (isPackaged() && !existsSync(cache)) await unpack();
}

/** Whether Chromium comes from the package. */
function isPackaged(): boolean {
  return process.env["CHROMIUM"] === undefined && process.platform === "linux" && process.arch === "x64";
}

/**
 * Starts Chromium. On Linux it comes from a package, with shared libraries and fonts, so that nothing has to be installed.
 * On other systems, or with CHROMIUM set, the machine's own browser is used.
 */
export async function launchChromium(): Promise<Browser> {
  const own = process.env["CHROMIUM"];
  if (own !== undefined) return await chromium.launch({ executablePath: own, args: ["--no-sandbox"] });
  if (!isPackaged()) return await chromium.launch({ channel: "chrome" });
  return await chromium.launch({
    executablePath: join(cache, "chromium"),
    // It runs in containers as root, and opens only our own page. The package's own flags would disable web security.
    args: ["--no-sandbox"],
    env: { ...process.env, LD_LIBRARY_PATH: join(cache, "al2023", "lib"), FONTCONFIG_FILE: join(cache, "fonts.conf") },
  });
}

/** Unpacks into its own folder and moves it into place when complete, because the package reuses incomplete folders. */
async function unpack(): Promise<void> {
  const partial = `${cache}-${process.pid}`;
  await mkdir(partial, { recursive: true });
  const { TMPDIR } = process.env;
  process.env["TMPDIR"] = partial;
  try {
    const { default: sparticuz, inflate } = await import("@sparticuz/chromium");
    await sparticuz.executablePath();
    await inflate(
      join(import.meta.dirname, "..", "..", "node_modules", "@sparticuz", "chromium", "bin", "al2023.tar.br"),
    );
    await writeFile(join(partial, "fonts.conf"), FONTS);
    await rename(partial, cache);
  } finally {
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
    await rm(partial, { recursive: true, force: true });
  }
}
