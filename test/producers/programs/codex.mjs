// Codex, its model on loopback. Its settings of OpenTelemetry are in its own file.
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const home = mkdtempSync(join(tmpdir(), "agent-"));
const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
writeFileSync(
  join(home, "config.toml"),
  `
model = "gpt-5.2-codex"
model_provider = "loopback"
check_for_update_on_startup = false

[model_providers.loopback]
name = "loopback"
base_url = "${process.env.OPENAI_BASE_URL}"
wire_api = "responses"

[analytics]
enabled = false

[otel]
environment = "test"
log_user_prompt = true
exporter = { otlp-http = { endpoint = "${endpoint}/v1/logs", protocol = "json" } }
${process.env.CODEX_TRACES === "1" ? `trace_exporter = { otlp-http = { endpoint = "${endpoint}/v1/traces", protocol = "json" } }` : `trace_exporter = "none"`}
metrics_exporter = "none"
`,
);
const env = { PATH: process.env.PATH, HOME: home, CODEX_HOME: home };
const codex = join(process.cwd(), "node_modules", ".bin", "codex");
const run = (args) =>
  execFileSync(codex, args, { env, cwd: home, timeout: 120_000, stdio: ["ignore", "inherit", "inherit"] });
const options = ["--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"];
run(["exec", ...options, "What is the weather in Paris?"]);
run(["exec", ...options, "resume", "--last", "And in Atlantis?"]);
