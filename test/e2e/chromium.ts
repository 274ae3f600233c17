import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const cache = join(import.meta.dirname, "..", "..", ".cache", "chromium");
const packages = join(import.meta.dirname, "..", "..", "node_modules");

/** `machine`: its fonts, if any, and the package's: without fonts text has no width and cannot be clicked. `same`: on every machine. */
export type Fonts = "machine" | "same";

const FONTS: Readonly<Record<Fonts, readonly string[]>> = {
  machine: ['<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'],
  same: [
    `<dir>${join(packages, "@expo-google-fonts", "noto-sans-mono", "400Regular")}</dir>`,
    // A line of text is drawn alike whatever a machine's settings are.
    `<match target="font"><edit name="hinting" mode="assign"><bool>false</bool></edit></match>`,
  ],
};

/** A configuration of fontconfig. */
const fontsText = (fonts: Fonts): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  ${FONTS[fonts].join("\n  ")}
  <dir>${join(cache, "fonts")}</dir>
  <cachedir>${join(cache, "fontconfig")}</cachedir>
</fontconfig>
`;

/** Runs once before all tests, because test files that run in parallel would each unpack it. */
export async function setup(): Promise<void> {
  if (isPackaged() && !existsSync(cache)) await unpack();
}

/** Whether Chromium comes from the package. */
export function isPackaged(): boolean {
  return process.env["CHROMIUM"] === undefined && process.platform === "linux" && process.arch === "x64";
}

/**
 * Starts Chromium. On Linux it comes from a package, with shared libraries and fonts, so that nothing has to be installed.
 * On other systems, or with CHROMIUM set, the machine's own browser is used.
 */
export async function launchChromium(fonts: Fonts = "machine"): Promise<Browser> {
  const own = process.env["CHROMIUM"];
  if (own !== undefined) return await chromium.launch({ executablePath: own, args: ["--no-sandbox"] });
  if (!isPackaged()) return await chromium.launch({ channel: "chrome" });
  const configuration = join(cache, `fonts-${fonts}.conf`);
  // Test files start at the same time: none reads half a file.
  await writeFile(`${configuration}-${process.pid}`, fontsText(fonts));
  await rename(`${configuration}-${process.pid}`, configuration);
  return await chromium.launch({
    executablePath: join(cache, "chromium"),
    // It runs in containers as root, and opens only our own page. The package's own flags would disable web security.
    args: ["--no-sandbox"],
    env: { ...process.env, LD_LIBRARY_PATH: join(cache, "al2023", "lib"), FONTCONFIG_FILE: configuration },
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
    await inflate(join(packages, "@sparticuz", "chromium", "bin", "al2023.tar.br"));
    await rename(partial, cache);
  } finally {
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
    await rm(partial, { recursive: true, force: true });
  }
}
