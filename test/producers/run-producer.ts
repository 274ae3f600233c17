import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startCapture, type Captured } from "./capture.ts";
import { startModelServer } from "./model-server.ts";
import type { Producer } from "./producers.ts";

const run = promisify(execFile);
const HERE = import.meta.dirname;
const CACHE = join(HERE, "..", "..", ".cache", "producers");
/** The interpreter for new virtual environments. Frameworks want 3.10 or newer. */
const PYTHON = process.env["PYTHON"] ?? "python3";
const OLDEST_PYTHON = 10;
const OLDEST_JAVA = 17;
const MINUTE = 60_000;

/** Why a producer can't run here; `undefined` if it can. */
export function missingFor({ language }: Pick<Producer, "language">): string | undefined {
  if (language === "node") return undefined;
  if (language === "java") return missingJava();
  const script = "import sys, venv, ensurepip; print(sys.version_info.minor)";
  const { status, stdout, error } = spawnSync(PYTHON, ["-c", script], { encoding: "utf8" });
  if (status !== 0) return `${PYTHON} with venv and pip is missing${error === undefined ? "" : ` (${error.message})`}`;
  return Number(stdout) < OLDEST_PYTHON ? `${PYTHON} is older than 3.${OLDEST_PYTHON}` : undefined;
}

function missingJava(): string | undefined {
  const { status, stdout } = spawnSync("mvn", ["--version"], { encoding: "utf8" });
  const [, version] = /Java version: (\d+)/.exec(stdout ?? "") ?? [];
  if (status !== 0 || version === undefined) return "Maven with a Java is missing";
  return Number(version) < OLDEST_JAVA ? `Java is older than ${OLDEST_JAVA}` : undefined;
}

/** Installs its packages into `.cache`, once; answers the folder. Producers with the same packages share it. */
export async function install({
  language,
  packages,
  program,
}: Pick<Producer, "language" | "packages"> & { readonly program?: string }): Promise<string> {
  const folder = join(
    CACHE,
    packages
      .map((one) => one.replaceAll(/[^\w.]+/g, "-"))
      .join("_")
      .slice(0, 200),
  );
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const options = { cwd: partial, timeout: 10 * MINUTE, maxBuffer: 1e8 };
  if (language === "python") {
    await run(PYTHON, ["-m", "venv", "--copies", "venv"], options);
    await run(join(partial, "venv", "bin", "python"), ["-m", "pip", "install", "--quiet", ...packages], options);
  } else if (language === "java") {
    await cp(join(HERE, "programs", program ?? ""), partial, { recursive: true });
    await run("mvn", ["--quiet", "--batch-mode", "package", "-DskipTests"], options);
  } else {
    await writeFile(join(partial, "package.json"), JSON.stringify({ private: true, type: "module" }));
    await run("npm", ["install", "--no-audit", "--no-fund", "--save-exact", ...packages], options);
  }
  await rename(partial, folder);
  return folder;
}

/** Runs its program against a model and a receiver on loopback; answers what it exported. */
export async function runProducer(producer: Producer): Promise<readonly Captured[]> {
  const folder = await install(producer);
  await using model = await startModelServer();
  await using capture = await startCapture();
  const program = join(HERE, "programs", producer.program);
  const environment = { ...baseEnvironment(), ...exporterVariables(capture.url), ...modelVariables(model.url) };
  const options = {
    cwd: folder,
    timeout: 3 * MINUTE,
    maxBuffer: 1e8,
    env: { ...environment, ...producer.environment },
  };
  if (producer.language === "python") await run(join(folder, "venv", "bin", "python"), [program], options);
  else if (producer.language === "java") await run("java", ["-jar", join(folder, "target", "weather-1.jar")], options);
  else await runNode(program, folder, options);
  return [...capture.exports];
}

/** A program imports its packages from the folder in which it lies. */
async function runNode(program: string, folder: string, options: object): Promise<void> {
  const copy = join(folder, "program.mjs");
  await copyFile(program, copy);
  await run(process.execPath, [copy], options);
}

/** Nothing of this machine's settings but its paths: no key, no endpoint and no proxy. */
function baseEnvironment(): Record<string, string> {
  const { PATH = "", HOME = "", LANG = "C.UTF-8" } = process.env;
  return { PATH, HOME, LANG, PYTHONDONTWRITEBYTECODE: "1" };
}

const exporterVariables = (url: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
  OTEL_METRICS_EXPORTER: "none",
  OTEL_SERVICE_NAME: "weather-agent",
});

const modelVariables = (url: string) => ({
  OPENAI_BASE_URL: `${url}/v1`,
  OPENAI_API_KEY: "none",
  ANTHROPIC_BASE_URL: url,
  ANTHROPIC_API_KEY: "none",
  GOOGLE_GEMINI_BASE_URL: url,
  GEMINI_API_KEY: "none",
  GOOGLE_API_KEY: "none",
});
