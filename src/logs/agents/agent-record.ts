import type { AgentRecord } from "./agent-event.ts";
import { readClaudeCode } from "./claude-code.ts";
import { readCodex } from "./codex.ts";
import { readGeminiCli, readQwenCode } from "./gemini-cli.ts";
import { namesOf } from "../../otel/record-fields.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { CLAUDE_CODE, CODEX, GEMINI_CLI, QWEN_CODE } from "../../otel/semconv/logs.ts";
import type { KeyValue } from "../../otel/span.ts";

type ReadAgentEvent = (event: string, attributes: readonly KeyValue[]) => AgentRecord;

const DIALECTS: readonly (readonly [prefix: string, read: ReadAgentEvent])[] = [
  [CLAUDE_CODE.prefix, readClaudeCode],
  [CODEX.prefix, readCodex],
  [GEMINI_CLI.prefix, readGeminiCli],
  [QWEN_CODE.prefix, readQwenCode],
];

/** Reads a coding agent's record; `undefined` for any other record. */
export function readAgentRecord(record: LogRecord): AgentRecord | undefined {
  for (const name of namesOf(record)) {
    const dialect = DIALECTS.find(([prefix]) => name.startsWith(prefix));
    if (dialect === undefined) continue;
    const [prefix, read] = dialect;
    return read(name.slice(prefix.length), record.attributes ?? []);
  }
  return undefined;
}
