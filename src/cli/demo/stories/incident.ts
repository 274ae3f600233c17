import { chart } from "../chart.ts";
import type { Story, Turn } from "../story.ts";

const metricsAnalyst: Turn = {
  agent: "metrics-analyst",
  model: "gpt-5-mini",
  instructions: "You read metrics. Answer with numbers and times.",
  moves: [
    {
      thinks: 0.8,
      calls: [
        {
          tool: "query_metrics",
          type: "mcp",
          input: { query: 'histogram_quantile(0.95, checkout_request_seconds{route="/pay"})', range: "09:00/09:40" },
          output: {
            unit: "s",
            points: [
              ["09:05", 0.31],
              ["09:10", 0.33],
              ["09:15", 1.92],
              ["09:20", 2.41],
              ["09:30", 2.38],
            ],
          },
          picture: chart([0.3, 0.31, 0.3, 0.33, 0.32, 1.92, 2.3, 2.41, 2.36, 2.4, 2.38], 0.5),
          takes: 0.7,
        },
      ],
    },
    {
      thinks: 1.2,
      says: "p95 of `/pay` was 0.33 s at 09:10 and 1.92 s at 09:15; it stays at 2.4 s. Requests a second: 41 before, 42 after.",
    },
  ],
};

const logAnalyst: Turn = {
  agent: "log-analyst",
  model: "gemini-3-pro",
  instructions: "You read logs. Quote the lines that matter, and no others.",
  moves: [
    {
      thinks: 1.1,
      calls: [
        {
          tool: "search_logs",
          type: "mcp",
          input: { service: "checkout", level: "warn", since: "09:10", limit: 3 },
          output: [
            "09:12:07 WARN slow query 1840 ms: SELECT * FROM promotions WHERE lower(code) = $1",
            "09:12:08 WARN slow query 1912 ms: SELECT * FROM promotions WHERE lower(code) = $1",
            "09:12:08 WARN pool exhausted, 20 waiting",
          ].join("\n"),
          takes: 0.9,
        },
      ],
    },
    {
      thinks: 1.6,
      says: "Two kinds of warnings since 09:12:07, none before:\n\n1. `slow query 1912 ms: SELECT * FROM promotions WHERE lower(code) = $1`\n2. `pool exhausted, 20 waiting`",
    },
  ],
};

export const incident: Story = {
  name: "checkout-latency",
  namespace: "sre",
  queries: [
    {
      name: "find-the-cause",
      input: "Checkout p95 rose to 2.4 s at 09:12. Find the cause and propose the smallest safe fix.",
      team: { name: "incident-response", strategy: "sequential" },
      turns: [
        {
          agent: "investigator",
          model: "claude-sonnet-4-5",
          instructions: "You investigate production incidents. Prefer measurements to guesses; name your evidence.",
          moves: [
            {
              thinks: 1.1,
              calls: [
                {
                  tool: "metrics_analyst",
                  type: "agent",
                  input: { task: "When did checkout p95 rise, and did traffic rise with it?" },
                  turn: metricsAnalyst,
                  takes: 0,
                },
                {
                  tool: "log_analyst",
                  type: "agent",
                  input: { task: "What does checkout warn about since 09:10?" },
                  turn: logAnalyst,
                  takes: 0,
                },
              ],
            },
            {
              thinks: 1.3,
              says: "Latency steps up at **09:12**, together with slow lookups in `promotions` by `lower(code)` and an exhausted connection pool. It is one query, not traffic: the request rate is flat.\n\nNext: *what changed at 09:12, and why does that query scan?*",
            },
          ],
        },
        {
          agent: "engineer",
          model: "gpt-5.2",
          instructions:
            "You are a senior engineer. Read the change, reproduce the plan, propose the smallest safe fix.",
          moves: [
            {
              thinks: 0.9,
              calls: [
                {
                  tool: "git_diff",
                  type: "mcp",
                  input: { repository: "shop/checkout", from: "v412", to: "v413" },
                  output:
                    "--- a/promotions.ts\n+++ b/promotions.ts\n@@ find @@\n-  where: { code },\n+  where: sql`lower(code) = ${code.toLowerCase()}`,\n",
                  takes: 0.6,
                },
                {
                  tool: "run_sql",
                  type: "mcp",
                  input: {
                    database: "shop",
                    sql: "EXPLAIN ANALYZE SELECT * FROM promotions WHERE lower(code) = 'autumn25'",
                  },
                  error: {
                    type: "StatementTimeout",
                    message: "canceling statement due to statement timeout after 2000 ms",
                  },
                  takes: 2,
                },
              ],
            },
            {
              thinks: 0.8,
              calls: [
                {
                  tool: "run_sql",
                  type: "mcp",
                  input: { database: "shop", sql: "EXPLAIN SELECT * FROM promotions WHERE lower(code) = 'autumn25'" },
                  output:
                    "Seq Scan on promotions  (cost=0.00..218442.10 rows=41922 width=212)\n  Filter: (lower(code) = 'autumn25'::text)",
                  takes: 0.3,
                },
              ],
            },
            {
              thinks: 1.6,
              says: "v413 made the lookup case-insensitive with `lower(code)`, which the index on `code` cannot serve: 8.4 million rows are scanned for each payment. Smallest safe fix:\n\n```sql\nCREATE INDEX CONCURRENTLY promotions_lower_code ON promotions (lower(code));\n```\n\nIt locks nothing, and v413 stays out.",
            },
          ],
        },
        {
          agent: "reviewer",
          model: "claude-sonnet-4-5",
          instructions: "You review a proposed fix: risk, roll-back, and the measurement that proves it.",
          moves: [
            {
              thinks: 1,
              calls: [
                {
                  tool: "check_runbook",
                  type: "http",
                  input: { topic: "online index creation" },
                  output: { allowed: true, window: "any", note: "Watch replication lag; stop above 30 s." },
                  takes: 0.4,
                },
              ],
            },
            {
              thinks: 0.9,
              calls: [
                {
                  tool: "run_migration",
                  type: "mcp",
                  input: {
                    database: "shop",
                    sql: "CREATE INDEX CONCURRENTLY promotions_lower_code ON promotions (lower(code))",
                  },
                  asks: {
                    message: "Create the index promotions_lower_code on the production database now?",
                    answer: { run: true, note: "Go ahead, I am watching the replicas." },
                    takes: 4.5,
                  },
                  output: "CREATE INDEX",
                  takes: 1.2,
                },
              ],
            },
            {
              thinks: 1.4,
              says: "## The index is there\n\n**Cause:** v413 looks promotions up by `lower(code)`. No index served that, so every payment scanned 8.4 M rows.\n\n| p95 of `/pay` | |\n|---|---|\n| at 09:10 | 0.33 s |\n| at 09:20 | 2.41 s |\n| wanted | below 0.35 s |\n\n- **Drop it if** replication lag passes 30 s.\n- **It worked when** p95 stays below 350 ms for 10 minutes and the pool has no waiters.",
            },
          ],
        },
      ],
    },
    {
      name: "status-note",
      after: 1.5,
      input: "Write two sentences for the status page. No jargon.",
      turns: [
        {
          agent: "scribe",
          model: "gpt-5-mini",
          instructions: "You write for customers: calm, plain, honest.",
          moves: [
            {
              thinks: 1.2,
              says: "Since 09:12 UTC, paying has been slower than usual for some of you; no payment was lost. We have found the cause and expect checkout to be back to its normal speed by 10:00 UTC.",
            },
          ],
        },
      ],
    },
  ],
};
