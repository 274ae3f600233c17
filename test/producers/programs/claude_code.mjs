// Claude Code, its model on loopback. Two prompts of one session.
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const home = mkdtempSync(join(tmpdir(), "agent-"));
const env = {
  ...process.env,
  HOME: home,
  CLAUDE_CONFIG_DIR: join(home, ".claude"),
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
  CLAUDE_CODE_ENABLE_TELEMETRY: "1",
  OTEL_LOGS_EXPORTER: "otlp",
  OTEL_LOG_USER_PROMPTS: "1",
  OTEL_LOG_ASSISTANT_RESPONSES: "1",
  OTEL_LOG_TOOL_DETAILS: "1",
  OTEL_LOG_TOOL_CONTENT: "1",
};
const claude = join(process.cwd(), "node_modules", ".bin", "claude");
const options = ["--model", "claude-sonnet-4-5", "--allowedTools", "Bash", "--print"];
const run = (args) =>
  execFileSync(claude, args, { env, cwd: home, timeout: 120_000, stdio: ["ignore", "inherit", "inherit"] });
run([...options, "What is the weather in Paris?"]);
run([...options, "--continue", "And in Atlantis?"]);
