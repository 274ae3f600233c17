/**
 * The names of models. Spans name one model in many ways: with its host or its path (`openrouter/…`, `models/…`,
 * `bedrock/us.anthropic.…`), with its release (`-20250929`, `-latest`), in capitals, with dots or dashes. A name is read
 * from its ends only and must then be a listed one: a part of a name says nothing about another model.
 */

/** Hosts with prices of their own, by the segment of a path that names them. */
const HOSTS: ReadonlyMap<string, string> = new Map([
  ["openrouter", "openrouter"],
  ["groq", "groq"],
  ["cerebras", "cerebras"],
  ["together", "together"],
  ["together_ai", "together"],
  ["togetherai", "together"],
  ["fireworks", "fireworks"],
  ["fireworks_ai", "fireworks"],
  ["fireworks-ai", "fireworks"],
  ["@cf", "cloudflare"],
  ["bedrock", "bedrock"],
  ["bedrock_converse", "bedrock"],
  ["amazon-bedrock", "bedrock"],
  ["aws_bedrock", "bedrock"],
  ["azure", "azure"],
  ["azure_ai", "azure"],
  ["azure_openai", "azure"],
]);

/** Authors of models with open weights. Others host these too, so only a plain name or the author's path means the author. */
const AUTHORS: ReadonlyMap<string, string> = new Map([
  ["deepseek", "deepseek"],
  ["mistral", "mistral"],
  ["mistralai", "mistral"],
  ["cohere", "cohere"],
  ["cohere_chat", "cohere"],
  ["moonshot", "moonshot"],
  ["moonshotai", "moonshot"],
  ["minimax", "minimax"],
  ["zai", "zai"],
  ["z-ai", "zai"],
  ["zhipu", "zai"],
  ["zhipuai", "zai"],
  ["voyage", "voyage"],
  ["voyageai", "voyage"],
]);
/** Authors that only OpenRouter names so: others write `zai-org/…`, `deepseek-ai/…`. */
const AT_OPENROUTER: ReadonlySet<string> = new Set(["z-ai", "deepseek"]);
const AUTHOR_TABLES: readonly string[] = [...new Set(AUTHORS.values())];

/** Programs that run models on own machines: no list has their prices. */
const OWN_MACHINES: ReadonlySet<string> = new Set([
  "ollama",
  "ollama_chat",
  "lm_studio",
  "lmstudio",
  "hosted_vllm",
  "vllm",
  "sglang",
  "llamafile",
  "llamacpp",
  "llama.cpp",
  "localai",
  "local",
  "mlx",
  "xinference",
]);

/** Table of the authors whose models have one price at nearly all hosts: OpenAI, Anthropic, Google, xAI. */
export const CLOSED = "closed";

/** `openai:gpt-4o`, `google-gla:gemini-…`, as Pydantic AI and LangChain write it. `ft:…` and Ollama's `llama3:8b` stay whole. */
const COLON_WAY =
  /^((?:gateway\/)?)(openai(?:-chat|-responses)?|anthropic|google(?:[-_](?:gla|vertex|genai|vertexai|anthropic_vertex))?|xai|grok|github|vercel|litellm|huggingface|ollama|openrouter|groq|cerebras|together|fireworks|bedrock(?:_converse)?|azure(?:_ai|_openai)?|deepseek|mistral(?:ai)?|cohere|moonshotai|zai):(?=\D)/;
/** `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.…`: only these two kinds contain a model's name. */
const ARN = /^(?:bedrock\/(?:converse\/)?)?arn:(?:aws[a-z-]*:bedrock:[^/]*:(?:inference-profile|foundation-model)\/)?/;
/** `us.anthropic.`, `global.amazon.`, `us-gov.meta.`. */
const BEDROCK =
  /^(?:(global|[a-z]{2,8}(?:-gov)?)\.)?(ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|writer|zai)\.(.+)$/;
/** Bedrock's `-v1:0`, `-v1`, `:0`, and the size of a context after it. */
const BEDROCK_VERSION = /(?:-v?\d+:\d+|-v\d+|:\d+)(?::\d+k)?$/;
/** Routes of OpenRouter that leave the prices of tokens as they are. */
const OPENROUTER_ROUTE = /:(?:beta|thinking|nitro|floor|online|exacto)$/;
const FREE = /:free$/;
/** A release: its date, `-latest`, `-preview`, Vertex's `@default`, Bedrock's `-v1:0`; Claude Code's `[1m]`. */
const RELEASE =
  /(?:[-@]\d{4}-\d{2}-\d{2}|[-@]\d{8}|-\d{2}-\d{2}|-\d{2}-\d{4}|[-@]\d{4}|[-@]00\d|[-@](?:latest|preview|exp|default)|-v\d+:\d+|\[1m\])$/;
/** Anthropic writes `claude-sonnet-4-5` now, wrote `claude-3-5-sonnet`, and others write `claude-4.5-sonnet`. */
const CLAUDE_BY_VERSION = /^claude-(\d{1,2}(?:-\d{1,2})?)-([a-z]+)/;

/** Vertex's `claude-3-5-sonnet-v2@20241022`. */
const CLAUDE_REVISION = /^(claude-[\w-]+)-v\d(?=@|$)/;

const MAX_MODEL = 256;
const MAX_SUFFIXES = 4;

/** A place in the price list, of several that a name may mean. */
export type Candidate = { readonly table: string; readonly name: string };

export type ModelName = {
  /** The places to look, the most precise first. */
  readonly candidates: readonly Candidate[];
  /** The name without host, path and release: all these have one price, where a deployment sets it. */
  readonly base: string;
  /** The host asks nothing for it. */
  readonly isFree: boolean;
};

export function readModelName(model: string): ModelName {
  // What is left of a longer name could be another model's.
  if (model.length > MAX_MODEL) return { candidates: [], base: "", isFree: false };
  let text = model.trim().toLowerCase();
  const isFree = FREE.test(text);
  const isRouted = OPENROUTER_ROUTE.test(text);
  text = text.replace(FREE, "").replace(OPENROUTER_ROUTE, "").replace(COLON_WAY, "$1$2/");
  const arn = ARN.exec(text)?.[0];
  if (arn !== undefined) {
    if (!arn.endsWith("/")) return { candidates: [], base: text, isFree };
    text = `bedrock/${text.slice(arn.length)}`;
  }
  const path = text.split("/");
  const last = path.pop() ?? "";
  const at = path.findLastIndex((segment) => HOSTS.has(segment));
  const host = at >= 0 ? HOSTS.get(path[at] ?? "") : undefined;
  const bedrock = host === undefined || host === "bedrock" ? BEDROCK.exec(last) : null;
  const names = releases(bedrock === null ? last : (bedrock[3] ?? "").replace(BEDROCK_VERSION, ""));
  const base = names.at(-1) ?? "";
  const isUnlisted = path.some((segment) => OWN_MACHINES.has(segment));
  const within = (table: string, prefix = ""): Candidate[] => names.map((name) => ({ table, name: prefix + name }));
  const candidates = (): readonly Candidate[] => {
    if (isUnlisted) return [];
    if (bedrock !== null) {
      const [, region, author = ""] = bedrock;
      const regional = within("bedrock", `${author}.`);
      const closed = author === "anthropic" || author === "openai" ? within(CLOSED) : [];
      return region === "global"
        ? [...within("bedrock", `global.${author}.`), ...closed, ...regional]
        : [...regional, ...closed];
    }
    if (host === "bedrock") return within(CLOSED);
    if (host === "azure") return [...within("azure"), ...within(CLOSED)];
    const author = AUTHORS.get(path.at(-1) ?? "");
    const own = author === undefined ? [] : within(author);
    if (host === "openrouter" || (isRouted && host === undefined && path.length > 0))
      return [...within("openrouter", `${path.at(-1)}/`), ...within(CLOSED), ...own];
    if (host === "fireworks") return within("fireworks");
    if (host !== undefined) return within(host, [...path.slice(at + 1), ""].join("/"));
    if (author !== undefined)
      return AT_OPENROUTER.has(path.at(-1) ?? "") ? [...own, ...within("openrouter", `${path.at(-1)}/`)] : own;
    return [...within(CLOSED), ...(path.length === 0 ? AUTHOR_TABLES.flatMap((table) => within(table)) : [])];
  };
  return { candidates: candidates(), base, isFree };
}

/** The name, and what is left of it without one and more suffixes of a release. */
function releases(text: string): readonly string[] {
  const names = [canonical(text)];
  for (let name = names[0] ?? ""; names.length <= MAX_SUFFIXES; names.push(name)) {
    const shorter = canonical(name.replace(RELEASE, ""));
    if (shorter === name || shorter === "") break;
    name = shorter;
  }
  return names;
}

function canonical(name: string): string {
  return name.replaceAll(".", "-").replace(CLAUDE_REVISION, "$1").replace(CLAUDE_BY_VERSION, "claude-$2-$1");
}
