import type { Command } from "./dispatch.ts";
import { SERVER_HELP } from "./server.ts";

/** The commands of `spanfold`, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  {
    name: "start",
    usage: "",
    summary: "runs the program: receiver, page and API",
    details: [
      "PORT (8787), HOST (127.0.0.1), DATA_DIR (~/.spanfold), ADMIN_TOKEN, INGEST_TOKEN, VIEW_TOKEN, PRICES,",
      "RETENTION_DAYS, MAX_SESSION_BYTES and MAX_TENANT_BYTES in the environment set it up, see the README.",
    ],
    load: () => import("./start.ts"),
  },
  {
    name: "setup",
    usage: "<agent> [--write] [--wait SECONDS | --no-wait] [--url URL] [--token TOKEN]",
    summary: "points an agent at the program, and waits until something arrives",
    details: [
      "<agent>        claude-code, codex, gemini, ai-sdk, node, python, collector or cloudflare",
      "--write        writes the settings into the agent's own file, after a copy of what stood there; else prints them",
      "--no-wait      does not wait for the first export; --wait sets another time than 300 s",
      ...SERVER_HELP,
      "",
      "Ends with 0 when something arrived, 1 when nothing did in time, 3 when the program can't be reached.",
    ],
    load: () => import("./setup.ts"),
  },
  {
    name: "demo",
    usage: "[--sessions N] [--fast] [--endpoint URL]",
    summary: "plays sessions of a team of agents into it",
    details: ["Sends to OTEL_EXPORTER_OTLP_ENDPOINT, or to http://127.0.0.1:8787."],
    load: () => import("./demo.ts"),
  },
];
