/**
 * The price list of models, made of the data in @pydantic/genai-prices. `npm run prices` writes it; `--check` compares it
 * with the committed one. Neither uses the network.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProvider } from "@pydantic/genai-prices";
import type { MatchLogic, ModelInfo, ModelPrice as ListedRates } from "@pydantic/genai-prices";
import { CLOSED, readModelName } from "../src/session/prices/model-name.ts";
import { WRITTEN, WRITTEN_1H } from "../src/session/prices/prices.ts";

/** The release of the data, and the day when it was published, as `npm view @pydantic/genai-prices time` shows it. */
const DATA = { package: "@pydantic/genai-prices", version: "0.1.8", published: "2026-09-23" };

/** Models that are newer than the data, with the day of the look-up: input, output, cached. One that the data has is a fault. */
const NEWER: readonly { readonly source: string; readonly asOf: string; readonly models: Models }[] = [
  {
    source: "https://developers.openai.com/api/docs/pricing",
    asOf: "2026-10-27",
    models: { "gpt-6.1-sol": [2, 10, 0.1], "gpt-6.1-terra": [1, 5, 0.05] },
  },
  {
    source: "https://platform.claude.com/docs/en/about-claude/pricing",
    asOf: "2026-10-24",
    models: {
      "claude-mythos-5": [10, 50, 1],
      "claude-mythos-5-1": [10, 50, 0.25],
      "claude-sonnet-5-5": [2, 10, 0.1],
      "claude-haiku-5-5": [0.1, 0.5, 0.01],
    },
  },
];

type Models = Readonly<Record<string, readonly [number, number, number]>>;

/** A provider of the data, and what stands before its names where spans name a host. */
type Source = { readonly provider: string; readonly table: string; readonly way: string; readonly names?: RegExp };

/** Of two prices for a name, the one of the earlier source counts. */
const SOURCES: readonly Source[] = [
  { provider: "anthropic", table: CLOSED, way: "" },
  // Models with open weights cost what their host asks; a fine-tuned one has an owner's name.
  {
    provider: "openai",
    table: CLOSED,
    way: "",
    names: /^(?!gpt-oss|ft:|.*\.ft|(?:text-)?(?:ada|babbage|curie|davinci))/,
  },
  { provider: "google", table: CLOSED, way: "", names: /^gemini|-maas$/ },
  { provider: "x-ai", table: CLOSED, way: "", names: /^grok/ },
  { provider: "deepseek", table: "deepseek", way: "deepseek/" },
  { provider: "mistral", table: "mistral", way: "mistral/" },
  { provider: "cohere", table: "cohere", way: "cohere/" },
  { provider: "moonshotai", table: "moonshot", way: "moonshot/" },
  { provider: "minimax", table: "minimax", way: "minimax/", names: /^minimax/ },
  { provider: "zai", table: "zai", way: "zai/" },
  { provider: "zhipuai", table: "zai", way: "zai/" },
  { provider: "voyageai", table: "voyage", way: "voyage/" },
  { provider: "aws", table: "bedrock", way: "bedrock/", names: /^[a-z-]+\.[a-z]/ },
  { provider: "azure", table: "azure", way: "azure/", names: /^(?:o\d|phi)/ },
  { provider: "groq", table: "groq", way: "groq/" },
  { provider: "cerebras", table: "cerebras", way: "cerebras/", names: /^(?!cerebras)/ },
  { provider: "together", table: "together", way: "together/", names: /llama-[34]/ },
  { provider: "fireworks", table: "fireworks", way: "fireworks/" },
  { provider: "cloudflare", table: "cloudflare", way: "" },
  // OpenRouter asks the authors' prices for theirs, and lists what they no longer list.
  {
    provider: "openrouter",
    table: CLOSED,
    way: "openrouter/",
    names: /^(?:anthropic|openai\/(?!gpt-oss)|google\/gemini|x-ai)\//,
  },
  // Of its other models, those of authors with models for agents: all of them would double the list.
  {
    provider: "openrouter",
    table: "openrouter",
    way: "openrouter/",
    names:
      /^(?:(?:deepseek|minimax|mistralai|moonshotai|nvidia|z-ai)\/|google\/gemma-[34]|meta-llama\/llama-[34]|openai\/gpt-oss|qwen\/(?:qwen-?[3-9]|qwen-(?:max|plus|turbo)))/,
  },
];

/** Tokens of these cost by what they stand for, and spans do not say that; or a call has a price besides that of its tokens. */
const NOT_BY_TOKENS = /^(?:output_(?:audio|image|video|citation|reasoning)|(?:input_)?audio_hours|requests)/;
const NOT_TEXT = /audio|realtime|transcri|tts|speech|image|-live|sonic|voice|moderation|whisper|ocr/;

/** The prices of a model in the list's form, see {@link readPrice} in src/session/prices/price-list.ts; `undefined` if tokens have none. */
function priceText({ prices, id }: Pick<ModelInfo, "prices" | "id">): string | undefined {
  const periods = Array.isArray(prices) ? prices : [{ prices }];
  const texts = periods.map((period) => {
    const rates = ratesText(period.prices, id.includes("claude"));
    const { constraint } = "constraint" in period ? period : {};
    if (rates === undefined || constraint === undefined) return rates;
    if (constraint.type === "start_date") return `${constraint.start_date} ${rates}`;
    return `${constraint.start_time.slice(0, 5)}-${constraint.end_time.slice(0, 5)} ${rates}`;
  });
  return texts.includes(undefined) ? undefined : texts.join(";");
}

function ratesText(listed: ListedRates, isClaude: boolean): string | undefined {
  if (listed.input_mtok === undefined || Object.keys(listed).some((part) => NOT_BY_TOKENS.test(part))) return undefined;
  const starts = Object.values(listed).flatMap((part) =>
    typeof part === "object" ? part.tiers.map(({ start }) => start) : [],
  );
  const tiers = [0, ...new Set(starts)].toSorted((a, b) => a - b);
  return tiers
    .map((start) => {
      const rate = (part: string): number | undefined => {
        const price = listed[part];
        return typeof price === "object"
          ? (price.tiers.findLast((tier) => tier.start <= start)?.price ?? price.base)
          : price;
      };
      const { input_mtok: input = 0 } = { input_mtok: rate("input_mtok") };
      const written = rate("cache_write_mtok") ?? (isClaude ? WRITTEN * input : input);
      const written1h = rate("cache_write_1h_mtok") ?? (isClaude ? WRITTEN_1H * input : written);
      const rates = [input, rate("output_mtok") ?? 0, rate("cache_read_mtok") ?? input, written, written1h];
      // An absent part costs as the one before it, see readTier.
      if (written1h === written) rates.pop();
      if (rates.length === 4 && written === input) rates.pop();
      if (rates.length === 3 && rates[2] === input) rates.pop();
      if (rates.length === 2 && rates[1] === 0) rates.pop();
      return `${start === 0 ? "" : `${start}>`}${rates.map(amount).join(" ")}`;
    })
    .join("|");
}

/** Rounded to a billionth of a cent, as products of decimals are not exact. */
function amount(dollars: number): string {
  return String(Number(dollars.toFixed(9))).replace(/^0\./, ".");
}

/** Names that mean the model: its id, and all that its rule spells out. A rule for a part of a name gives that part. */
function namesOf({ id, match }: ModelInfo): readonly string[] {
  return [id, ...spelled(match)].map((name) => name.toLowerCase());
}

function spelled(match: MatchLogic): readonly string[] {
  if ("or" in match) return match.or.flatMap(spelled);
  if ("and" in match) return match.and.flatMap(spelled);
  if ("equals" in match) return [match.equals];
  if ("starts_with" in match) return [match.starts_with.replace(/[-@]+$/, "")];
  if ("contains" in match) return [match.contains.replace(/(?:-0|[-@]+)$/, "")];
  return "ends_with" in match ? [match.ends_with] : [];
}

/** A name of a model, with its price in the list's form. */
type Named = {
  readonly name: string;
  readonly price: string;
  /** The data has no price of cached input for it, and may have one elsewhere. */
  readonly isBare: boolean;
};

/** A release that is a whole date, or precedes the model's own name: the name without it means the same model. */
const WHOLE_RELEASE = /-(?:preview|\d{8}|\d{4}-\d\d-\d\d)$/;

class List {
  readonly #tables = new Map<string, Map<string, string>>();

  /** The price that readers of the list would find for a name. */
  find(model: string): string | undefined {
    for (const { table, name } of readModelName(model).candidates) {
      const price = this.#tables.get(table)?.get(name);
      if (price !== undefined) return price;
    }
    return undefined;
  }

  /** Adds a model, unless it is listed, or its price follows from others. */
  add(table: string, model: string, { price, isBare }: Pick<Named, "price" | "isBare">): void {
    const found = this.find(model);
    if (found === price || (found !== undefined && isBare && withoutCache(found) === withoutCache(price))) return;
    const places = readModelName(model).candidates.filter((candidate) => candidate.table === table);
    const [first] = places;
    if (first === undefined) throw new Error(`${model} has no place in ${table}`);
    const models = this.#tables.get(table) ?? new Map<string, string>();
    this.#tables.set(table, models);
    const isWhole = table === CLOSED || table === "bedrock";
    const whole =
      isWhole && WHOLE_RELEASE.test(first.name) ? places.find(({ name }) => !WHOLE_RELEASE.test(name)) : first;
    const { name } = whole === undefined || models.has(whole.name) ? first : whole;
    if (!models.has(name)) models.set(name, price);
  }

  /** A line a price, with its models; a text a table. */
  *texts(): Generator<readonly [table: string, text: string]> {
    for (const [table, models] of this.#tables) {
      const names = Map.groupBy([...models.keys()].toSorted(), (name) => models.get(name) ?? "");
      yield [table, Array.from(names, ([price, alike]) => `${price}:${alike.join(" ")}`).join("\n")];
    }
  }
}

/** Input and output of the first period. */
function withoutCache(price: string): string {
  return price.split(/[ |;]/, 2).join(" ");
}

/** By length, as a name with a release follows the one without it. */
function modelsOf({ provider: id, names: wanted }: Source): readonly Named[] {
  const provider = findProvider({ providerId: id });
  if (provider?.id !== id) throw new Error(`${DATA.package} has no provider ${id} any more`);
  return provider.models
    .flatMap((model) => {
      const price = priceText(model);
      if (price === undefined) return [];
      const isBare = !Array.isArray(model.prices) && model.prices.cache_read_mtok === undefined;
      return namesOf(model).map((name) => ({ name, price, isBare }));
    })
    .filter(({ name }) => wanted?.test(name) !== false && !NOT_TEXT.test(name) && !NOT_ONE_NAME.test(name))
    .toSorted(({ name: a }, { name: b }) => a.length - b.length || (a < b ? -1 : 1));
}

/** A variant such as `:free`, but not Bedrock's `-v1:0`; an alias that moves from model to model. */
const NOT_ONE_NAME = /:(?!\d+$)|^~|\s/;

/** The text of src/session/prices/price-data.ts. */
export function priceData(): string {
  const list = new List();
  for (const source of SOURCES)
    for (const model of modelsOf(source))
      // What a host lists of an author's models, in the author's table, only fills gaps.
      if (
        source.provider !== "openrouter" ||
        source.table !== CLOSED ||
        list.find(source.way + model.name) === undefined
      )
        list.add(source.table, source.way + model.name, model);
  for (const { models } of NEWER)
    for (const [model, [input, output, cached]] of Object.entries(models)) {
      if (list.find(model) !== undefined) throw new Error(`${DATA.package} has ${model}: remove it from NEWER`);
      const rates = {
        input_mtok: input,
        output_mtok: output,
        cache_read_mtok: cached,
        cache_write_mtok: WRITTEN * input,
      };
      list.add(CLOSED, model, { price: ratesText(rates, model.startsWith("claude")) ?? "", isBare: false });
    }
  const tables = Array.from(list.texts(), ([table, text]) => `    ${table}: \`\n${text}\n\`,`);
  const newer = NEWER.map(({ source, asOf }) => `    { source: "${source}", asOf: "${asOf}" },`);
  return [
    "/** List prices of models. Made by `npm run prices`: change .ci/prices.ts instead. */",
    "export const PRICE_DATA = {",
    "  sources: [",
    `    { source: "https://www.npmjs.com/package/${DATA.package}/v/${DATA.version}", asOf: "${DATA.published}" },`,
    ...newer,
    "  ],",
    "  tables: {",
    ...tables,
    "  },",
    "};",
    "",
  ].join("\n");
}

async function main(root: string): Promise<void> {
  const file = join(root, "src", "session", "prices", "price-data.ts");
  const manifest = JSON.parse(await readFile(join(root, "node_modules", DATA.package, "package.json"), "utf8")) as {
    readonly version: string;
  };
  if (manifest.version !== DATA.version)
    throw new Error(`${DATA.package} ${manifest.version} is installed: set its version and day in .ci/prices.ts`);
  if (!process.argv.includes("--check")) return await writeFile(file, priceData());
  if ((await readFile(file, "utf8")) === priceData()) return;
  console.error("src/session/prices/price-data.ts is not what .ci/prices.ts makes: npm run prices");
  process.exitCode = 1;
}

if (import.meta.main) await main(join(import.meta.dirname, ".."));
