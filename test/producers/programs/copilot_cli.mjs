// GitHub Copilot CLI with a model of one's own, on loopback. Two prompts of one session.
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const home = mkdtempSync(join(tmpdir(), "agent-"));
const env = {
  PATH: process.env.PATH,
  HOME: home,
  COPILOT_HOME: home,
  COPILOT_AUTO_UPDATE: "false",
  COPILOT_PROVIDER_BASE_URL: process.env.OPENAI_BASE_URL,
  COPILOT_MODEL: "gpt-5.2",
  OTEL_EXPORTER_OTLP_ENDPOINT: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "true",
};
const copilot = join(process.cwd(), "node_modules", ".bin", "copilot");
const run = (args) =>
  execFileSync(copilot, args, { env, cwd: home, timeout: 120_000, stdio: ["ignore", "inherit", "inherit"] });
run(["--allow-all-tools", "--prompt", "What is the weather in Paris?"]);
run(["--allow-all-tools", "--continue", "--prompt", "And in Atlantis?"]);
