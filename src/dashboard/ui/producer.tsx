import type { Producer } from "../../facts/facts.ts";
import { oneLine } from "./untrusted-text.tsx";

/** Two letters stand for each: signs of our own, since logos belong to others. */
const NAMES: Readonly<Record<Producer, readonly [letters: string, name: string]>> = {
  "claude-code": ["CC", "Claude Code"],
  codex: ["Cx", "Codex"],
  "gemini-cli": ["Ge", "Gemini CLI"],
  "qwen-code": ["Qw", "Qwen Code"],
  copilot: ["Co", "GitHub Copilot"],
  opencode: ["Oc", "opencode"],
  goose: ["Go", "Goose"],
  openclaw: ["Ow", "OpenClaw"],
  "claude-platform": ["CP", "Claude Platform"],
  ark: ["Ar", "Ark"],
  "ai-sdk": ["AI", "AI SDK"],
  langgraph: ["LG", "LangGraph"],
  langchain: ["LC", "LangChain"],
  "openai-agents": ["OA", "OpenAI Agents SDK"],
  "pydantic-ai": ["Py", "Pydantic AI"],
  "google-adk": ["AD", "Google ADK"],
  strands: ["St", "Strands Agents"],
  mastra: ["Ma", "Mastra"],
  crewai: ["Cr", "CrewAI"],
  "llama-index": ["LI", "LlamaIndex"],
  smolagents: ["Sm", "smolagents"],
  haystack: ["Ha", "Haystack"],
  agno: ["Ag", "Agno"],
  autogen: ["AG", "AutoGen"],
  ag2: ["A2", "AG2"],
  "agent-framework": ["MA", "Microsoft Agent Framework"],
  "semantic-kernel": ["SK", "Semantic Kernel"],
  genkit: ["GK", "Genkit"],
  livekit: ["LK", "LiveKit Agents"],
  pipecat: ["Pi", "Pipecat"],
  "cloudflare-agents": ["CF", "Cloudflare Agents"],
  "spring-ai": ["Sp", "Spring AI"],
  langchain4j: ["L4", "LangChain4j"],
  dspy: ["DS", "DSPy"],
  beeai: ["Be", "BeeAI"],
  kagent: ["ka", "kagent"],
  dify: ["Di", "Dify"],
  n8n: ["n8", "n8n"],
  openai: ["Op", "OpenAI client"],
  anthropic: ["An", "Anthropic client"],
  "google-genai": ["GG", "Google Gen AI client"],
  bedrock: ["Br", "Amazon Bedrock"],
  mistral: ["Mi", "Mistral client"],
  cohere: ["Ch", "Cohere client"],
  groq: ["Gq", "Groq client"],
  ollama: ["Ol", "Ollama"],
  litellm: ["Li", "LiteLLM"],
  mcp: ["MC", "Model Context Protocol"],
};

const isKnown = (producer: string): producer is Producer => Object.hasOwn(NAMES, producer);

/** What a reader calls a producer. A later version of the server may know more. */
export const producerName = (producer: string): string =>
  isKnown(producer) ? NAMES[producer][1] : oneLine(producer, 40);

export const ProducerIcon = ({ producer }: { producer: string }) => (
  <span class="producer" title={producerName(producer)} aria-hidden="true">
    {isKnown(producer) ? NAMES[producer][0] : oneLine(producer, 2)}
  </span>
);
