// Qwen Code, its model on loopback. Two prompts of one session.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const home = mkdtempSync(join(tmpdir(), "agent-"));
mkdirSync(join(home, ".qwen"));
writeFileSync(
  join(home, ".qwen", "settings.json"),
  JSON.stringify({
    privacy: { usageStatisticsEnabled: false },
    general: { enableAutoUpdate: false },
    security: { auth: { selectedType: "openai" } },
    telemetry: {
      enabled: true,
      target: "local",
      otlpEndpoint: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
      otlpProtocol: "http",
      logPrompts: true,
      includeSensitiveSpanAttributes: true,
    },
  }),
);
const env = { ...process.env, HOME: home, OPENAI_MODEL: "qwen3-coder-plus" };
const qwen = join(process.cwd(), "node_modules", ".bin", "qwen");
const run = (args) =>
  execFileSync(qwen, args, { env, cwd: home, timeout: 120_000, stdio: ["ignore", "inherit", "inherit"] });
run(["--yolo", "--prompt", "What is the weather in Paris?"]);
run(["--yolo", "--continue", "--prompt", "And in Atlantis?"]);
