// opencode, its model on loopback. Two prompts of one session.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const home = mkdtempSync(join(tmpdir(), "agent-"));
mkdirSync(join(home, ".config", "opencode"), { recursive: true });
writeFileSync(
  join(home, ".config", "opencode", "opencode.json"),
  JSON.stringify({
    autoupdate: false,
    share: "disabled",
    experimental: { openTelemetry: true },
    model: "loopback/gpt-5.2",
    small_model: "loopback/gpt-5-mini",
    permission: "allow",
    provider: {
      loopback: {
        npm: "@ai-sdk/openai-compatible",
        options: { baseURL: process.env.OPENAI_BASE_URL, apiKey: "none" },
        models: { "gpt-5.2": { name: "gpt-5.2" }, "gpt-5-mini": { name: "gpt-5-mini" } },
      },
    },
  }),
);
const env = { ...process.env, HOME: home, OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_AUTOUPDATE: "1" };
const opencode = join(process.cwd(), "node_modules", ".bin", "opencode");
const run = (args) =>
  execFileSync(opencode, args, { env, cwd: home, timeout: 120_000, stdio: ["ignore", "inherit", "inherit"] });
run(["run", "What is the weather in Paris?"]);
run(["run", "--continue", "And in Atlantis?"]);
