import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { isPackaged } from "../e2e/chromium.ts";
import { closeBrowser, useFonts } from "../e2e/open-page.ts";
import { GALLERY, goTo, openGallery } from "./gallery-page.ts";

// Pictures of the gallery against those in `pictures`. `UPDATE_PICTURES=1 npm run test:gallery -- pictures` takes them anew: look at each.

afterAll(closeBrowser);
useFonts("same");

const BASELINES = join(import.meta.dirname, "pictures");
const OUTCOMES = join(import.meta.dirname, "..", "..", ".cache", "pictures");
const isUpdate = process.env["UPDATE_PICTURES"] !== undefined;

const WIDE = { width: 1440, height: 900 } as const;
const NARROW = { width: 390, height: 844 } as const;

type Look = { readonly scheme: "light" | "dark"; readonly viewport: typeof WIDE | typeof NARROW };
const LIGHT: Look = { scheme: "light", viewport: WIDE };
const DARK: Look = { scheme: "dark", viewport: WIDE };
const PHONE: Look = { scheme: "light", viewport: NARROW };
const DARK_PHONE: Look = { scheme: "dark", viewport: NARROW };

/** Each scheme and each width of each main page, though not each of both: a picture costs some 40 kB. */
const PICTURES: readonly (readonly [state: string, looks: readonly Look[]])[] = [
  ["overview", [LIGHT, DARK_PHONE]],
  ["list", [LIGHT, DARK, PHONE]],
  ["list, without a token", [DARK, PHONE]],
  ["transcript", [LIGHT, DARK_PHONE]],
  ["timeline", [LIGHT, DARK, PHONE]],
  ["steps", [LIGHT, DARK_PHONE]],
  ["logs", [DARK, PHONE]],
  ["transcript, running", [DARK, PHONE]],
  // Beside the timeline: where a transcript scrolls to depends on what is measured first.
  ["inspector of a tool", [LIGHT]],
  ["inspector of a model", [DARK_PHONE]],
  ["inspector of a turn", [DARK]],
  ["session not found", [LIGHT, DARK_PHONE]],
  ["replay, timeline", [LIGHT]],
  ["upstreams", [LIGHT, DARK, PHONE]],
  ["components", [LIGHT, DARK]],
];

/** Of 0 to 1: smaller differences of colour are those of an encoding with few colours. */
const COLOUR_TOLERANCE = 0.15;
/** Pixels. A block that is moved differs in hundreds: its edges are longer than that. */
const MOST_DIFFERENT = 150;
/** Colours of a picture in the repository. It then has a third of its size. */
const COLOURS = 128;

type Pixels = { readonly data: Buffer; readonly width: number; readonly height: number };

async function pixelsOf(png: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** What differs, in words and as a picture; `undefined`: nothing. */
async function compare(
  before: Buffer,
  after: Buffer,
): Promise<{ readonly words: string; readonly picture: Buffer } | undefined> {
  const [old, now] = [await pixelsOf(before), await pixelsOf(after)];
  const { width, height } = now;
  if (old.width !== width || old.height !== height)
    return { words: `${width} × ${height} pixels, not ${old.width} × ${old.height}`, picture: after };
  const marked = Buffer.alloc(now.data.length);
  const differing = pixelmatch(old.data, now.data, marked, width, height, { threshold: COLOUR_TOLERANCE });
  if (differing <= MOST_DIFFERENT) return undefined;
  const picture = await sharp(marked, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  return { words: `${differing} pixels differ`, picture };
}

const small = (png: Buffer): Promise<Buffer> =>
  sharp(png).png({ palette: true, colours: COLOURS, dither: 0, effort: 10 }).toBuffer();

const stateOf = (name: string) => {
  const state = GALLERY.find((one) => one.name === name);
  if (state === undefined) throw new Error(`the gallery has no state ${name}`);
  return state;
};

async function pageOf(name: string, { scheme, viewport }: Look): Promise<Page> {
  const isWhole = name === "components";
  const { page } = await openGallery({
    colorScheme: scheme,
    viewport: isWhole ? { width: 1000, height: 3_600 } : viewport,
  });
  await goTo(page, stateOf(name));
  // A form for a token takes the focus, and scrolls there.
  if (isWhole) await page.locator(".pieces").evaluate((pieces) => (pieces.scrollTop = 0));
  return page;
}

const CASES = PICTURES.flatMap(([name, looks]) =>
  looks.map((look) => ({
    name,
    look,
    file: `${name.replaceAll(/\W+/g, "-")}-${look.scheme}-${look.viewport.width}.png`,
  })),
);

// Another browser draws other text.
test.skipIf(!isPackaged()).each(CASES)("$file is as it was", async ({ name, look, file }) => {
  const page = await pageOf(name, look);
  const taken = await page.screenshot({ animations: "disabled" });
  const baseline = join(BASELINES, file);
  if (isUpdate) {
    await mkdir(BASELINES, { recursive: true });
    const known = await readFile(baseline).catch(() => undefined);
    if (known === undefined || (await compare(known, taken)) !== undefined)
      await writeFile(baseline, await small(taken));
    return;
  }
  const difference = await compare(await readFile(baseline), taken);
  if (difference !== undefined) {
    await mkdir(OUTCOMES, { recursive: true });
    await writeFile(join(OUTCOMES, file), taken);
    await writeFile(join(OUTCOMES, `difference-${file}`), difference.picture);
  }
  expect(difference?.words, `see .cache/pictures/${file}`).toBeUndefined();
});

test.skipIf(!isPackaged())(
  "a block that moves by four pixels is found, and a second picture of the same page is the same",
  async () => {
    const page = await pageOf("transcript", LIGHT);
    const before = await small(await page.screenshot({ animations: "disabled" }));
    expect((await compare(before, await page.screenshot({ animations: "disabled" })))?.words).toBeUndefined();
    await page
      .locator(".card")
      .nth(1)
      .evaluate((card) => {
        card.style.transform = "translateX(4px)";
      });
    expect((await compare(before, await page.screenshot({ animations: "disabled" })))?.words).toMatch(
      /^\d{3,} pixels differ$/,
    );
  },
);
