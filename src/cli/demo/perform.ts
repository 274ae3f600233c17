import type { Elicitation, StoryQuery, ToolUse, Turn } from "./story.ts";
import { log, SEVERITY, inSpan } from "./telemetry.ts";
import { SpanKind } from "@opentelemetry/api";
import type { Attributes } from "@opentelemetry/api";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** One query's performance: seconds are multiplied by `pace`, tokens are counted as they are used. */
export type Stage = { readonly namespace: string; readonly pace: number; usage: { input: number; output: number } };

/** Tokens of the definitions of an agent's tools in each call, beside the messages. */
const TOOLS_TOKENS = 1_840;

const wait = (stage: Stage, seconds: number) => sleep(seconds * stage.pace * 1000);

const usageAttributes = ({ usage: { input, output } }: Stage) => ({
  "gen_ai.usage.input_tokens": input,
  "gen_ai.usage.output_tokens": output,
  "gen_ai.usage.total_tokens": input + output,
});

/** Performs a query as Ark's executor does (query → target → team → turns → agents → models and tools); answers the last message. */
export function performQuery(stage: Stage, query: StoryQuery): Promise<string> {
  const target = query.team
    ? { "target.type": "team", "target.name": query.team.name }
    : { "target.type": "agent", "target.name": query.turns[0]?.agent };
  return inSpan(
    `query.${query.name}`,
    { attributes: { "openinference.span.kind": "CHAIN", "input.value": query.input } },
    async (span) => {
      const output = await inSpan(
        `target.${target["target.name"]}`,
        { attributes: { ...target, "query.input": query.input } },
        async (targetSpan) => {
          const answer = query.team
            ? await performTeam(stage, query, query.team)
            : await performAgents(stage, query.input, query.turns);
          targetSpan.setAttribute("query.output", answer);
          return answer;
        },
      );
      span.setAttributes({ "output.value": output, ...usageAttributes(stage) });
      return output;
    },
  );
}

function performTeam(stage: Stage, query: StoryQuery, team: NonNullable<StoryQuery["team"]>): Promise<string> {
  const attributes = {
    "openinference.span.kind": "CHAIN",
    "team.name": team.name,
    "team.strategy": team.strategy,
    "team.member_count": new Set(query.turns.map((turn) => turn.agent)).size,
    "team.max_turns": 8,
  };
  return inSpan(`team.${stage.namespace}/${team.name}`, { attributes }, async (span) => {
    let latest = query.input;
    for (const [index, turn] of query.turns.entries()) {
      const member = { "turn.number": index, "turn.member.name": turn.agent, "turn.member.type": "agent" };
      latest = await inSpan(`turn.${index}`, { attributes: member }, async (turnSpan) => {
        const output = await performAgents(stage, index === 0 ? latest : `${query.input}\n\nSo far: ${latest}`, [turn]);
        turnSpan.setAttribute("turn.output", output);
        return output;
      });
    }
    span.setAttributes(usageAttributes(stage));
    return latest;
  });
}

async function performAgents(stage: Stage, input: string, turns: readonly Turn[]): Promise<string> {
  let latest = input;
  for (const turn of turns) {
    latest = await inSpan(
      `agent.${stage.namespace}/${turn.agent}`,
      { attributes: { "openinference.span.kind": "AGENT", "agent.name": turn.agent, "input.value": latest } },
      async (span) => {
        const output = await performTurn(stage, latest, turn);
        span.setAttribute("output.value", output);
        return output;
      },
    );
  }
  return latest;
}

async function performTurn(stage: Stage, input: string, turn: Turn): Promise<string> {
  const history: Message[] = [
    { role: "system", content: turn.instructions },
    { role: "user", content: input },
  ];
  let cached = 0;
  for (const move of turn.moves) {
    if ("says" in move) {
      const reply: Message = { role: "assistant", content: move.says };
      await callModel(stage, { model: turn.model, history, reply, seconds: move.thinks, cached });
      return move.says;
    }
    const uses = move.calls.map((use) => ({ use, id: `call_${randomBytes(6).toString("hex")}` }));
    const calls = uses.map(({ use, id }) => ({ id, name: use.tool, arguments: JSON.stringify(use.input) }));
    const reply: Message = { role: "assistant", calls };
    cached = await callModel(stage, { model: turn.model, history, reply, seconds: move.thinks, cached });
    const results = await Promise.all(
      uses.map(async ({ use, id }): Promise<Message> => ({
        role: "tool",
        callId: id,
        content: await useTool(stage, use, id).catch((error: unknown) => String(error)),
        ...(use.picture === undefined ? {} : { picture: dataUrl(use.picture) }),
      })),
    );
    history.push(reply, ...results);
  }
  return "";
}

type ModelCall = {
  readonly model: string;
  readonly history: readonly Message[];
  readonly reply: Message;
  readonly seconds: number;
  /** Tokens of the history that the provider has cached. */
  readonly cached: number;
};

/** Answers the tokens that the provider has cached now. */
function callModel(stage: Stage, { model, history, reply, seconds, cached }: ModelCall): Promise<number> {
  const attributes = {
    "openinference.span.kind": "LLM",
    "llm.model.name": model,
    "gen_ai.request.model": model,
    ...messageAttributes("llm.input_messages", history),
  };
  return inSpan(`llm.${model}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    await wait(stage, seconds);
    log(SEVERITY.info, `${model} answered after ${Math.round(seconds * 1_000)} ms`, { "gen_ai.request.model": model });
    const usage = { input: TOOLS_TOKENS + countTokens(history), output: countTokens([reply]) };
    stage.usage.input += usage.input;
    stage.usage.output += usage.output;
    span.setAttributes({
      ...messageAttributes("llm.output_messages", [reply]),
      ...usageAttributes({ ...stage, usage }),
      "gen_ai.usage.cache_read.input_tokens": cached,
      // Anthropic's caches are written on request; the other providers write theirs unasked, and report only what they read.
      ...(model.startsWith("claude") ? { "gen_ai.usage.cache_creation.input_tokens": usage.input - cached } : {}),
    });
    return usage.input;
  });
}

/** Rejects when the tool fails: the agent reads the error and goes on. */
function useTool(stage: Stage, use: ToolUse, id: string): Promise<string> {
  const attributes = {
    "openinference.span.kind": "TOOL",
    "tool.name": use.tool,
    "tool.type": use.type,
    "tool.id": id,
    "tool.input": JSON.stringify(use.input),
  };
  return inSpan(`tool.${use.tool}`, { attributes }, async (span) => {
    log(SEVERITY.debug, `${use.tool} called over ${use.type}`, { "tool.name": use.tool });
    if (use.asks !== undefined) await ask(stage, use.asks);
    const said = use.turn === undefined ? undefined : await performAgents(stage, String(use.input["task"]), [use.turn]);
    await wait(stage, use.takes);
    if (use.error !== undefined) log(SEVERITY.warn, `${use.tool} failed, the agent reads: ${use.error.message}`);
    if (use.error !== undefined) throw fault(use, use.error);
    const output = said ?? (typeof use.output === "string" ? use.output : JSON.stringify(use.output));
    span.setAttribute("tool.output", use.picture === undefined ? output : blocks(output, use.picture));
    return output;
  });
}

/** The span of MCP's request to a person: it runs until the answer comes. */
function ask(stage: Stage, { message, answer, takes }: Elicitation): Promise<void> {
  const attributes = { "mcp.method.name": "elicitation/create", "input.value": JSON.stringify({ message }) };
  return inSpan("elicitation/create", { kind: SpanKind.CLIENT, attributes }, async (span) => {
    await wait(stage, takes);
    span.setAttribute("output.value", JSON.stringify({ action: "accept", content: answer }));
  });
}

const base64 = (picture: Uint8Array) => Buffer.from(picture).toString("base64");
const dataUrl = (picture: Uint8Array) => `data:image/png;base64,${base64(picture)}`;

/** A tool's result as MCP writes it. */
const blocks = (text: string, picture: Uint8Array) =>
  JSON.stringify([
    { type: "text", text },
    { type: "image", data: base64(picture), mimeType: "image/png" },
  ]);

/** An error with the tool's own stack: the real one would show a path of this machine. */
function fault({ tool }: ToolUse, { type, message }: NonNullable<ToolUse["error"]>): Error {
  const stack = `${type}: ${message}\n    at ${tool} (tools/${tool}.ts:41:11)\n    at invoke (server/dispatch.ts:88:5)`;
  return Object.assign(new Error(message), { name: type, stack });
}

/** A message to a model, or from it. */
export type Message = {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content?: string;
  /** A data URL, beside the content. */
  readonly picture?: string;
  /** The call that a tool's message answers. */
  readonly callId?: string;
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
};

/** Messages as Ark writes them: OpenInference's indexed keys, without the inner `tool_call.`. */
export function messageAttributes(
  prefix: "llm.input_messages" | "llm.output_messages",
  messages: readonly Message[],
): Attributes {
  const attributes: Attributes = {};
  for (const [index, message] of messages.entries()) {
    const key = `${prefix}.${index}.message`;
    attributes[`${key}.role`] = message.role;
    if (message.picture !== undefined) {
      Object.assign(attributes, {
        [`${key}.contents.0.message_content.type`]: "text",
        [`${key}.contents.0.message_content.text`]: message.content,
        [`${key}.contents.1.message_content.type`]: "image",
        [`${key}.contents.1.message_content.image.image.url`]: message.picture,
      });
    } else if (message.content !== undefined) attributes[`${key}.content`] = message.content;
    if (message.callId !== undefined) attributes[`${key}.tool_call_id`] = message.callId;
    for (const [position, call] of (message.calls ?? []).entries()) {
      attributes[`${key}.tool_calls.${position}.id`] = call.id;
      attributes[`${key}.tool_calls.${position}.function.name`] = call.name;
      attributes[`${key}.tool_calls.${position}.function.arguments`] = call.arguments;
    }
  }
  return attributes;
}

/** Four characters a token, as in English prose, and four tokens for each message's frame. */
export function countTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + 4 + Math.ceil(JSON.stringify(message).length / 4), 0);
}
