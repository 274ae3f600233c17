// Gemini CLI, its model on loopback. Two prompts of one session.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const home = mkdtempSync(join(tmpdir(), "agent-"));
mkdirSync(join(home, ".gemini"));
writeFileSync(
  join(home, ".gemini", "settings.json"),
  JSON.stringify({
    privacy: { usageStatisticsEnabled: false },
    general: { disableAutoUpdate: true, disableUpdateNag: true },
    security: { auth: { selectedType: "gemini-api-key" } },
  }),
);
const env = {
  ...process.env,
  HOME: home,
  GEMINI_CLI_TRUST_WORKSPACE: "true",
  GEMINI_TELEMETRY_ENABLED: "true",
  GEMINI_TELEMETRY_TARGET: "local",
  GEMINI_TELEMETRY_OTLP_ENDPOINT: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
  GEMINI_TELEMETRY_OTLP_PROTOCOL: "http",
  GEMINI_TELEMETRY_LOG_PROMPTS: "true",
  ...(process.env.GEMINI_TRACES === "1" ? { GEMINI_TELEMETRY_TRACES_ENABLED: "true" } : {}),
};
const gemini = join(process.cwd(), "node_modules", ".bin", "gemini");
const run = (args) =>
  execFileSync(gemini, args, { env, cwd: home, timeout: 120_000, stdio: ["ignore", "inherit", "inherit"] });
run(["--model", "gemini-2.5-pro", "--yolo", "--prompt", "What is the weather in Paris?"]);
run(["--model", "gemini-2.5-pro", "--yolo", "--resume", "latest", "--prompt", "And in Atlantis?"]);
