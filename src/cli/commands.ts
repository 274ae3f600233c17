import type { Command } from "./dispatch.ts";

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
    name: "demo",
    usage: "[--sessions N] [--fast] [--endpoint URL]",
    summary: "plays sessions of a team of agents into it",
    details: ["Sends to OTEL_EXPORTER_OTLP_ENDPOINT, or to http://127.0.0.1:8787."],
    load: () => import("./demo.ts"),
  },
];
