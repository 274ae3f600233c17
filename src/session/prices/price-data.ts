/** List prices of models. Made by `npm run prices`: change .ci/prices.ts instead. */
export const PRICE_DATA = {
  sources: [
    { source: "https://www.npmjs.com/package/@pydantic/genai-prices/v/0.1.8", asOf: "2026-09-23" },
    { source: "https://developers.openai.com/api/docs/pricing", asOf: "2026-10-27" },
    { source: "https://platform.claude.com/docs/en/about-claude/pricing", asOf: "2026-10-24" },
  ],
  tables: {
    closed: `
5 15:chatgpt-4o-latest gpt-4o-2024-05-13 grok-beta grok-vision-beta
8 24 8 10 16:claude-2 claude-2-0 claude-2-1 claude-v1 claude-v2
10 50 1 12.5 20:claude-fable-5 claude-mythos-5 claude-opus-4-8-fast claude-opus-5-fast
10 50 .25 12.5 20:claude-fable-5-1 claude-mythos-5-1
.25 1.25 .03 .3 .5:claude-haiku-3
.8 4 .08 1 1.6:claude-haiku-3-5
1 5 .1 1.25 2:claude-haiku-4-5
.1 .5 .01 .125 .2:claude-haiku-5-5
15 75 1.5 18.75 30:claude-opus-3 claude-opus-4 claude-opus-4-0 claude-opus-4-1
5 25 .5 6.25 10:claude-opus-4-5 claude-opus-4-7 claude-opus-4-8 claude-opus-5 claude-opus-5-0
5 25 .5 6.25 10|200000>10 37.5 1 12.5 20;2026-03-13 5 25 .5 6.25 10:claude-opus-4-6
30 150 3 37.5 60:claude-opus-4-6-fast claude-opus-4-7-fast
4 20 .2 5 8:claude-opus-5-5
3 15 .3 3.75 6:claude-sonnet-3 claude-sonnet-3-5 claude-sonnet-3-7 claude-sonnet-4 claude-sonnet-4-0
3 15 .3 3.75 6|200000>6 22.5 .6 7.5 12:claude-sonnet-4-5
3 15 .3 3.75 6|200000>6 22.5 .6 7.5 12;2026-03-13 3 15 .3 3.75 6:claude-sonnet-4-6
2 10 .2 2.5 4:claude-sonnet-5 claude-sonnet-5-0
2 10 .1 2.5 4:claude-sonnet-5-5
1.5 6 .375:codex-mini
3 12:computer-use
.125 .375:gemini-1-0-pro gemini-1-0-pro-vision-001 gemini-pro
.075 .3 .01875|128000>.15 .6 .0375:gemini-1-5-flash gemini-flash-1-5
1.25 5|128000>2.5 10:gemini-1-5-pro
.1 .4 .025:gemini-2-0-flash gemini-2-0-flash-thinking gpt-4-1-nano
.075 .3:gemini-2-0-flash-lite
.3 2.5 .03:gemini-2-5-flash gemini-2-5-flash-preview-09-2025 gemini-3-5-flash-lite
.1 .4 .01:gemini-2-5-flash-lite
.15 .6:gemini-2-5-flash-preview
1.25 10 .125|200000>2.5 15 .25:gemini-2-5-pro
.25 1.5 .025:gemini-3-1-flash-lite
2 12 .2|200000>4 18 .4:gemini-3-1-pro gemini-3-pro gemini-3-pro-text
1.5 9 .15:gemini-3-5-flash
.75 3.75 .075;2027-01-01 1.5 7.5 .15:gemini-3-6-flash gemini-3-7-flash gemini-3-8-flash
.5 3 .05:gemini-3-flash
.15:gemini-embedding-001
.2:gemini-embedding-2
.0375 .15 .01|128000>.075 .3 .02:gemini-flash-1-5-8b
1.25 5 .3125|128000>2.5 10 .625:gemini-pro-1-5
.15 .6 .015:gemma-4-26b-a4b-it-maas
1.5 2:gpt-3-5-0301 gpt-3-5-turbo-0301 gpt-3-5-turbo-0613 gpt-3-5-turbo-instruct
.5 1.5:gpt-3-5-turbo gpt-35-turbo
1 2:gpt-3-5-turbo-1106
3 4:gpt-3-5-turbo-16k gpt-35-turbo-16k
30 60:gpt-4
10 30:gpt-4-0125 gpt-4-1106 gpt-4-1106-vision gpt-4-turbo gpt-4-vision
2 8 .5:gpt-4-1 o4-mini-deep-research
.4 1.6 .1:gpt-4-1-mini
60 120:gpt-4-32k
75 150 37.5:gpt-4-5
2.5 10 1.25:gpt-4o
.15 .6 .075:gpt-4o-mini gpt-4o-mini-search
2.5 10:gpt-4o-search
1.25 10 .125:gpt-5 gpt-5-1 gpt-5-1-chat gpt-5-1-codex gpt-5-1-codex-max gpt-5-chat gpt-5-codex
.25 2 .025:gpt-5-1-codex-mini gpt-5-1-mini gpt-5-mini
1.75 14 .175:gpt-5-2 gpt-5-2-chat gpt-5-2-codex gpt-5-3 gpt-5-3-chat gpt-5-3-codex
21 168:gpt-5-2-pro
2.5 15 .25|271999>5 22.5 .5:gpt-5-4
.75 4.5 .075:gpt-5-4-mini
.2 1.25 .02:gpt-5-4-nano
30 180|271999>60 270:gpt-5-4-pro gpt-5-5-pro
5 30 .5|271999>10 45 1:gpt-5-5 gpt-5-5-chat gpt-5-5-codex
5 30 .5 6.25|271999>10 45 1 12.5;2026-08-21 4 20 .4 5|271999>8 30 .8 10:gpt-5-6 gpt-5-6-sol
1 6 .1 1.25|271999>2 9 .2 2.5;2026-07-30 .2 1.2 .02 .25|271999>.4 1.8 .04 .5:gpt-5-6-luna
2.5 15 .25 3.125|271999>5 22.5 .5 6.25;2026-07-30 2 12 .2 2.5|271999>4 18 .4 5:gpt-5-6-terra
.05 .4 .005:gpt-5-nano
15 120:gpt-5-pro
2 10 .1 2.5:gpt-6-1-sol
1 5 .05 1.25:gpt-6-1-terra
10 50 1 12.5|271999>20 75 2 25:gpt-6-astra
.1 .5 .01 .125|272000>.2 .75 .02 .25:gpt-6-luna
2 10 .2 2.5|272000>4 15 .4 5:gpt-6-sol
5 30 .5:gpt-chat-latest
2 10:grok-2 grok-2-vision
3 15 .75:grok-3 grok-3-beta grok-4
5 25 1.25:grok-3-fast grok-3-fast-beta
.3 .5 .075:grok-3-mini grok-3-mini-beta
.6 4 .15:grok-3-mini-fast grok-3-mini-fast-beta
.2 .5 .05:grok-4-1-fast grok-4-1-fast-non-reasoning grok-4-1-fast-reasoning grok-4-fast grok-4-fast-non-reasoning grok-4-fast-reasoning
1.25 2.5 .2|199999>2.5 5 .4:grok-4-20 grok-4-3
2 6 .2:grok-4-20-multi-agent
2 6 .3|199999>4 12 .6:grok-4-5 grok-latest
2 6 .5|199999>4 12 1:grok-4-6
1 2 .2|199999>2 4 .4:grok-build-0-1
.2 1.5 .02:grok-code-fast grok-code-fast-1
15 60 7.5:o1
1.1 4.4 .55:o1-mini o3-mini o3-mini-high
150 600:o1-pro
10 40 .5;2025-06-10 2 8 .5:o3
10 40 2.5:o3-deep-research
20 80:o3-pro
1.1 4.4 .275:o4-mini o4-mini-high
.13:text-embedding-3-large
.02:text-embedding-3-small
.1:text-embedding-ada text-embedding-ada-002-v2
`,
    deepseek: `
.135 .55 .035;00:30-16:30 .27 1.1 .07:deepseek-chat deepseek-chat-v3-0324
.135 .55 .035;00:30-16:30 .55 2.19 .14:deepseek-r1 deepseek-reasoner
.27 .95 .13:deepseek-v3-1-terminus
.2288 .3432:deepseek-v3-2
.27 .41:deepseek-v3-2-exp
.14 .28 .0028;2026-08-17 .22 .66 .007;01:00-04:00 .44 1.32 .014;06:00-10:00 .44 1.32 .014:deepseek-v4-flash
.435 .87 .003625;2026-08-17 .66 1.98 .022;01:00-04:00 1.32 3.96 .044;06:00-10:00 1.32 3.96 .044:deepseek-v4-pro
`,
    mistral: `
.3 .9:codestral
.3 .9 .03:codestral-2508
.4 2 .04:devstral-2512 mistral-medium mistral-medium-3-1
.1 .3:devstral-small labs-devstral-small-2512 mistral-small-latest
2 5:magistral-medium
.5 1.5:magistral-small
.2 .2 .02:ministral-14b-2512
.04 .04:ministral-3b
.1 .1 .01:ministral-3b-2512
.1 .1:ministral-8b mistral-embed
.15 .15 .015:ministral-8b-2512
.1 .1;2025-12-02 .15 .15 .015:ministral-8b-latest
.25 .25:mistral-7b mistral-tiny open-mistral-7b
2 6:mistral-large pixtral-large
.5 1.5 .05:mistral-large-2512
2.7 8.1:mistral-medium-2312
1.5 7.5 .15:mistral-medium-3 mistral-medium-3-5
.4 2 .04;2026-06-16 1.5 7.5 .15:mistral-medium-latest
.15 .15:mistral-nemo open-mistral-nemo pixtral-12b
.2 .6:mistral-saba
.05 .08:mistral-small-24b-instruct-2501
.15 .6 .015:mistral-small-2603
.351 .555:mistral-small-3-1-24b-instruct
.075 .2:mistral-small-3-2-24b-instruct
.9 .9:mixtral-8x22b-instruct
.7 .7:mixtral-8x7b open-mixtral-8x7b
.1 .3 .01;2026-08-11 .1 .4 .01:voxtral-small-24b-2507 voxtral-small-2507 voxtral-small-latest
`,
    cohere: `
.5 1.5:aya-expanse-32b aya-expanse-8b c4ai-aya-expanse-32b c4ai-aya-expanse-8b
1 2:command
2.5 10:command-a command-r-plus
.3 .6:command-light
.15 .6:command-r
.0375 .15:command-r7b
.12:embed-v4-0
`,
    moonshot: `
.57 2.3:kimi-k2
.6 2.5 .15:kimi-k2-0711-preview kimi-k2-0905-preview kimi-k2-thinking
.6 3 .1:kimi-k2-5
.95 4 .16:kimi-k2-6
.95 4 .19:kimi-k2-7-code
1.9 8 .38:kimi-k2-7-code-highspeed
1.15 8 .15:kimi-k2-thinking-turbo kimi-k2-turbo
3 15 .3:kimi-k3
2 5:moonshot-v1-128k moonshot-v1-128k-vision-preview
1 3:moonshot-v1-32k moonshot-v1-32k-vision-preview
.2 2:moonshot-v1-8k moonshot-v1-8k-vision-preview
`,
    minimax: `
.2 1.1:minimax-01
.4 2.2:minimax-m1
.3 1.2 .03 .375:minimax-m2 minimax-m2-1 minimax-m2-5
.6 2.4 .03 .375:minimax-m2-1-highspeed minimax-m2-5-highspeed
.3 1.2 .06 .375:minimax-m2-7
.6 2.4 .06 .375:minimax-m2-7-highspeed
.3 1.2 .06|512000>.6 2.4 .12:minimax-m3
`,
    zai: `
.11 .276 .022:glm-4-5-air
.276 1.103 .055:glm-4-7
.069 .414 .014:glm-4-7-flashx
.069 .069 .034:glm-4-air
1.379 1.379:glm-4-airx
.69 .69:glm-4-assistant
.014 .014 .007:glm-4-flashx-250414
.138 .138 .069:glm-4-long
.69 .69 .345:glm-4-plus
.552 2.483 .138:glm-5
.828 3.31 .179:glm-5-1
1.4 4.4 .26:glm-5-2 glm-5-3
.075 .25 .015:glm-5-3-flash
.69 3.034 .166:glm-5-turbo
`,
    voyage: `
.1:voyage-01 voyage-02 voyage-2 voyage-lite-01 voyage-lite-01-instruct voyage-lite-02-instruct
.06:voyage-3 voyage-3-5 voyage-4
.02:voyage-3-5-lite voyage-3-lite voyage-4-lite
.18:voyage-3-large voyage-code-3 voyage-context-3
.12:voyage-4-large voyage-code-2 voyage-finance-2 voyage-large-2 voyage-large-2-instruct voyage-law-2 voyage-multilingual-2
`,
    bedrock: `
.33 2.75 .0825:amazon.nova-2-lite
.06 .24 .015:amazon.nova-lite
.035 .14 .00875:amazon.nova-micro
2.5 12.5 .625:amazon.nova-premier
.8 3.2 .2:amazon.nova-pro
.1:amazon.titan-embed-text
.2 .6:amazon.titan-text-express
.15 .2:amazon.titan-text-lite mistral.mistral-7b-instruct
11 55 1.1 13.75 22:anthropic.claude-fable-5
11 55 .275 13.75 22:anthropic.claude-fable-5-1
1.1 5.5 .11 1.375 2.2:anthropic.claude-haiku-4-5
5.5 27.5 .55 6.875 11:anthropic.claude-opus-4-5 anthropic.claude-opus-4-6 anthropic.claude-opus-4-7 anthropic.claude-opus-4-8 anthropic.claude-opus-5
4.4 22 .22 5.5 8.8:anthropic.claude-opus-5-5
3.3 16.5 .33 4.125 6.6:anthropic.claude-sonnet-4-5 anthropic.claude-sonnet-4-6
2.2 11 .22 2.75 4.4:anthropic.claude-sonnet-5
1.35 5.4:deepseek.r1
.3 2.5 .075:global.amazon.nova-2-lite
5 25 .5 6.25 10:global.anthropic.claude-opus-4-6
3 15 .3 3.75 6:global.anthropic.claude-sonnet-4-5 global.anthropic.claude-sonnet-4-6
.2 1.2 .02 .25|271999>.4 1.8 .04 .5:global.openai.gpt-5-6-luna
2 12 .2 2.5|271999>4 18 .4 5:global.openai.gpt-5-6-terra
.09 .29:google.gemma-3-12b-it
.23 .38:google.gemma-3-27b-it
.04 .08:google.gemma-3-4b-it
.72 .72:meta.llama3-1-70b-instruct meta.llama3-2-90b-instruct meta.llama3-3-70b-instruct
.22 .22:meta.llama3-1-8b-instruct
.16 .16:meta.llama3-2-11b-instruct
.1 .1:meta.llama3-2-1b-instruct mistral.ministral-3-3b-instruct
.15 .15:meta.llama3-2-3b-instruct mistral.ministral-3-8b-instruct
2.65 3.5:meta.llama3-70b-instruct
.3 .6:meta.llama3-8b-instruct
.24 .97:meta.llama4-maverick-17b-instruct
.17 .66:meta.llama4-scout-17b-instruct
.4 2:mistral.devstral-2-123b
.5 1.5:mistral.magistral-small-2509 mistral.mistral-large-3-675b-instruct
.2 .2:mistral.ministral-3-14b-instruct
4 12:mistral.mistral-large-2402
1 3:mistral.mistral-small-2402
.45 .7:mistral.mixtral-8x7b-instruct
2 6:mistral.pixtral-large-2502
.04 .04:mistral.voxtral-mini-3b-2507
.1 .3:mistral.voxtral-small-24b-2507
.06 .24:nvidia.nemotron-nano-3-30b
.06 .23:nvidia.nemotron-nano-9b
.15 .65:nvidia.nemotron-super-3-120b
2.75 16.5 .275:openai.gpt-5-4
5.5 33 .55:openai.gpt-5-5
1.1 6.6 .11 1.375;2026-07-30 .22 1.32 .022 .275|271999>.44 1.98 .044 .55:openai.gpt-5-6-luna
5.5 33 .55 6.875|271999>11 49.5 1.1 13.75;2026-08-21 4.4 22 .44 5.5|271999>8.8 33 .88 11:openai.gpt-5-6-sol
2.75 16.5 .275 3.4375;2026-07-30 2.2 13.2 .22 2.75|271999>4.4 19.8 .44 5.5:openai.gpt-5-6-terra
.15 .6:openai.gpt-oss-120b openai.gpt-oss-120b-1 qwen.qwen3-32b qwen.qwen3-coder-30b-a3b
.07 .3:openai.gpt-oss-20b openai.gpt-oss-20b-1
.45 1.8:qwen.qwen3-coder-480b-a35b
.53 2.66:qwen.qwen3-vl-235b-a22b
2.5 10:writer.palmyra-x4
.6 6:writer.palmyra-x5
`,
    azure: `
2 8 .5:o3
1.1 4.4 .28:o4-mini
.1 .1:phi-3-5-mini-128k-instruct phi-3-mini-128k-instruct
1 1:phi-3-medium-128k-instruct
.07 .14:phi-4
.08 .35:phi-4-mini-instruct
.05 .1:phi-4-multimodal-instruct
.07 .35:phi-4-reasoning-plus
`,
    groq: `
.75 .99:deepseek-r1-distill-llama-70b
.07 .07:gemma-7b-it
.2 .2:gemma2-9b gemma2-9b-it llama-guard-3-8b meta-llama/llama-guard-4-12b
.59 .79:llama-3-1-405b-reasoning llama-3-1-70b-versatile llama-3-3-70b-versatile llama3-70b-8192
.05 .08:llama-3-1-8b-instant llama3-8b-8192
.18 .18:llama-3-2-11b-text-preview llama-3-2-11b-vision-preview
.04 .04:llama-3-2-1b-preview
.06 .06:llama-3-2-3b-preview
.9 .9:llama-3-2-90b-text-preview llama-3-2-90b-vision-preview
.59 .99:llama-3-3-70b-specdec
.7 .8:llama2-70b-4096
.89 .89:llama3-groq-70b-8192-tool-use-preview
.19 .19:llama3-groq-8b-8192-tool-use-preview
.2 .6:meta-llama/llama-4-maverick-17b-128e-instruct
.11 .34:meta-llama/llama-4-scout-17b-16e-instruct
.79 .79:mistral-saba-24b
.24 .24:mixtral-8x7b-32768
1 3 .5:moonshotai/kimi-k2-instruct
.15 .6 .075:openai/gpt-oss-120b openai/gpt-oss-safeguard-20b
.075 .3 .0375:openai/gpt-oss-20b
.29 .59:qwen/qwen3-32b
`,
    cerebras: `
.99 1.49:gemma-4-31b
.35 .75:gpt-oss-120b
.85 1.2:llama-3-3-70b
.1 .1:llama3-1-8b
.4 .8:qwen-3-32b
2.25 2.75:zai-glm-4-7
`,
    together: `
.776 .776:codellama/codellama-34b-instruct-hf
.88 .88:meta-llama/llama-3-3-70b-instruct-turbo meta-llama/meta-llama-3-1-70b-instruct-turbo meta-llama/meta-llama-3-3-70b-instruct-turbo meta-llama/meta-llama-3-70b-instruct-turbo
.9 .9:meta-llama/llama-3-70b-chat-hf
.2 .2:meta-llama/llama-3-8b-chat-hf
.27 .85:meta-llama/llama-4-maverick-17b-128e-instruct-fp8
.18 .59:meta-llama/llama-4-scout-17b-16e-instruct
3.5 3.5:meta-llama/meta-llama-3-1-405b-instruct-turbo
.18 .18:meta-llama/meta-llama-3-1-8b-instruct-turbo meta-llama/meta-llama-3-8b-instruct-turbo
.54 .54:meta-llama/meta-llama-3-70b-instruct-lite
.1 .1:meta-llama/meta-llama-3-8b-instruct-lite
`,
    fireworks: `
3 8:deepseek-r1-0528
.9 .9:deepseek-v3-0324 qwen2p5-vl-72b-instruct
.56 1.68 .28:deepseek-v3p2
.14 .28 .028:deepseek-v4-flash
1.74 3.48 .145:deepseek-v4-pro
.1 .1:gemma-3-27b-it
.6 2.2:glm-4p7
1.4 4.4 .26:glm-5p1
2.8 8.8 .52:glm-5p1-fast
1.4 4.4 .14:glm-5p2
2.1 6.6 .21:glm-5p2-fast glm-5p2-fast-us
.15 .6 .014:gpt-oss-120b
.07 .3 .035:gpt-oss-20b
1 4.05 .17:inkling
.6 3 .1:kimi-k2p5
.95 4 .16:kimi-k2p6
2 8 .3:kimi-k2p6-fast
.95 4 .19:kimi-k2p7-code
1.9 8 .38:kimi-k2p7-code-fast
3 15 .3:kimi-k3
4.5 22.5 .45:kimi-k3-fast
3.3 16.5 .33:kimi-k3-us
.2 .2:llama-v3p1-8b-instruct
.22 .88:llama4-maverick-instruct-basic qwen3-235b-a22b
.3 1.2:minimax-m2p1
.3 1.2 .06:minimax-m2p7 minimax-m3
.6 2.4 .12:nemotron-3-ultra-nvfp4
.5 3 .1:qwen3p6-plus
.4 1.6 .08:qwen3p7-plus
`,
    cloudflare: `
.342 .342:ai4bharat/indictrans2-en-indic-1b meta/m2m100-1-2b
.351 .555:aisingapore/gemma-sea-lion-v4-27b-it mistralai/mistral-small-3-1-24b-instruct
.067:baai/bge-base-en-v1-5
.204:baai/bge-large-en-v1-5
.012:baai/bge-m3 qwen/qwen3-embedding-0-6b
.003:baai/bge-reranker-base
.02:baai/bge-small-en-v1-5
.497 4.881:deepseek-ai/deepseek-r1-distill-qwen-32b
.44 1.32 .014:deepseek-ai/deepseek-v4-flash-0731
1.32 3.96 .044:deepseek-ai/deepseek-v4-pro-0813
.345 .556:google/gemma-3-12b-it
.1 .3:google/gemma-4-26b-a4b-it
.026:huggingface/distilbert-sst-2-int8
.017 .112:ibm-granite/granite-4-0-h-micro
.556 6.667:meta/llama-2-7b-chat-fp16
.293 2.253:meta/llama-3-1-70b-instruct-fp8-fast meta/llama-3-3-70b-instruct-fp8-fast
.282 .827:meta/llama-3-1-8b-instruct meta/llama-3-8b-instruct
.123 .266:meta/llama-3-1-8b-instruct-awq meta/llama-3-8b-instruct-awq
.045 .384:meta/llama-3-1-8b-instruct-fast meta/llama-3-1-8b-instruct-fp8-fast
.152 .287:meta/llama-3-1-8b-instruct-fp8
.049 .676:meta/llama-3-2-11b-vision-instruct
.027 .201:meta/llama-3-2-1b-instruct
.051 .335:meta/llama-3-2-3b-instruct qwen/qwen3-30b-a3b-fp8
.27 .85:meta/llama-4-scout-17b-16e-instruct
.484 .03:meta/llama-guard-3-8b
.11 .19:mistral/mistral-7b-instruct-v0-1
.3 1:moondream/moondream3-1-9b-a2b
.6 3 .1:moonshotai/kimi-k2-5
.95 4 .16:moonshotai/kimi-k2-6
.95 4 .19:moonshotai/kimi-k2-7-code
.5 1.5:nvidia/nemotron-3-120b-a12b
.35 .75:openai/gpt-oss-120b
.2 .3:openai/gpt-oss-20b
.019:pfnet/plamo-embedding-1b
.66 1:qwen/qwen2-5-coder-32b-instruct qwen/qwq-32b
.45 3.2:qwen/qwen3-8-27b
.06 .4:zai-org/glm-4-7-flash
1.4 4.4 .26:zai-org/glm-5-2
.15 .5 .03:zai-org/glm-5-3-flash
`,
    openrouter: `
.38 .89:deepseek/deepseek-chat
.3 .88:deepseek/deepseek-chat-v3-0324
.21 .79 .13:deepseek/deepseek-chat-v3-1
.45 2.15:deepseek/deepseek-r1
.5 2.15:deepseek/deepseek-r1-0528
.1 .4:deepseek/deepseek-r1-distill-llama-70b
.04 .04:deepseek/deepseek-r1-distill-llama-8b
.18 .18:deepseek/deepseek-r1-distill-qwen-1-5b
.15 .15:deepseek/deepseek-r1-distill-qwen-14b
.12 .18:deepseek/deepseek-r1-distill-qwen-32b
.23 .9:deepseek/deepseek-v3-1-terminus
.0983 .1966 .0197:deepseek/deepseek-v4-flash
.435 .87 .003625:deepseek/deepseek-v4-pro
.05 .1:google/gemma-3-12b-it
.1 .2:google/gemma-3-27b-it
.02 .04:google/gemma-3-4b-it
.06 .12:google/gemma-3n-e4b-it
.06 .33:google/gemma-4-26b-a4b-it
.12 .36 .09;2026-08-27 .09 .34 .05:google/gemma-4-31b-it
2 2:meta-llama/llama-3-1-405b
.8 .8:meta-llama/llama-3-1-405b-instruct
.1 .28:meta-llama/llama-3-1-70b-instruct
.02 .03:meta-llama/llama-3-1-8b-instruct
.049 .049:meta-llama/llama-3-2-11b-vision-instruct
.005 .01:meta-llama/llama-3-2-1b-instruct
.01 .02:meta-llama/llama-3-2-3b-instruct
.9 .9:meta-llama/llama-3-2-90b-vision-instruct
.05 .24:meta-llama/llama-3-3-70b-instruct
.3 .4:meta-llama/llama-3-70b-instruct
.03 .06:meta-llama/llama-3-8b-instruct
.15 .6:meta-llama/llama-4-maverick
.08 .3:meta-llama/llama-4-scout
.3 1.65:minimax/minimax-m1
.255 1 .03:minimax/minimax-m2
.29 .95 .03:minimax/minimax-m2-1
.15 .9 .05:minimax/minimax-m2-5
.27 1.08 .054:minimax/minimax-m2-7
.3 1.2 .03:minimax/minimax-m2-her
.3 1.2 .06:minimax/minimax-m3
.25 .25:mistralai/codestral-mamba
.029 .059:mistralai/mistral-7b-instruct mistralai/mistral-7b-instruct-v0-3
.2 .2:mistralai/mistral-7b-instruct-v0-1 mistralai/mistral-7b-instruct-v0-2
2.75 8.1:mistralai/mistral-medium
.4 2:mistralai/mistral-medium-3
.01 .019:mistralai/mistral-nemo
.2 .6:mistralai/mistral-small
.05 .09:mistralai/mistral-small-24b-instruct-2501
.15 .6 .015:mistralai/mistral-small-2603
.05 .15:mistralai/mistral-small-3-1-24b-instruct
.24 .24:mistralai/mixtral-8x7b-instruct
.1 .1:mistralai/pixtral-12b qwen/qwen3-235b-a22b-thinking-2507
.1 .3 .01:mistralai/voxtral-small-24b-2507
.6 2.5:moonshotai/kimi-k2-0905
.4 1.9 .09:moonshotai/kimi-k2-5
.68 3.41 .34:moonshotai/kimi-k2-6
.75 3.5 .16:moonshotai/kimi-k2-7-code
.12 .3:nvidia/llama-3-1-nemotron-70b-instruct
.4 .4:nvidia/llama-3-3-nemotron-super-49b-v1-5
.05 .2:nvidia/nemotron-3-nano-30b-a3b qwen/qwen-turbo
.09 .45:nvidia/nemotron-3-super-120b-a12b
.5 2.5 .15:nvidia/nemotron-3-ultra-550b-a55b
.04 .16:nvidia/nemotron-nano-9b-v2
.039 .18:openai/gpt-oss-120b
.029 .14:openai/gpt-oss-20b
.075 .3 .037:openai/gpt-oss-safeguard-20b
1.6 6.4:qwen/qwen-max
.4 1.2 .16:qwen/qwen-plus
.26 .78:qwen/qwen-plus-2025-07-28
.06 .24:qwen/qwen3-14b
.13 .6:qwen/qwen3-235b-a22b
.09 .1:qwen/qwen3-235b-a22b-2507
.08 .29:qwen/qwen3-30b-a3b
.04815 .19305:qwen/qwen3-30b-a3b-instruct-2507
.08 .4:qwen/qwen3-30b-a3b-thinking-2507
.1 .3:qwen/qwen3-32b
.26 2.08:qwen/qwen3-5-122b-a10b
.195 1.56:qwen/qwen3-5-27b
.14 1 .05:qwen/qwen3-5-35b-a3b
.39 2.34:qwen/qwen3-5-397b-a17b
.1 .15:qwen/qwen3-5-9b
.065 .26:qwen/qwen3-5-flash-02-23 qwen/qwen3-5-flash-20260224
.4 2.4:qwen/qwen3-5-plus-02-15 qwen/qwen3-5-plus-20260216
.3 1.8 .3 .375:qwen/qwen3-5-plus-20260420
.289 2.4:qwen/qwen3-6-27b
.14 1:qwen/qwen3-6-35b-a3b
.1875 1.125 .1875 .234375:qwen/qwen3-6-flash
1.04 6.24 1.04 1.3:qwen/qwen3-6-max-preview
.325 1.95 .325 .40625:qwen/qwen3-6-plus
1.25 3.75 .25 1.5625:qwen/qwen3-7-max
.4 1.6 .08 .5:qwen/qwen3-7-plus
.035 .138:qwen/qwen3-8b
.22 1.8:qwen/qwen3-coder qwen/qwen3-coder-480b-a35b-07-25
.07 .27:qwen/qwen3-coder-30b-a3b-instruct
.195 .975 .039 .24375:qwen/qwen3-coder-flash
.11 .8 .07:qwen/qwen3-coder-next
.65 3.25 .13 .8125:qwen/qwen3-coder-plus
1.2 6:qwen/qwen3-max
.78 3.9:qwen/qwen3-max-thinking
.09 1.1:qwen/qwen3-next-80b-a3b-instruct
.0975 .78:qwen/qwen3-next-80b-a3b-thinking
.2 .88 .11:qwen/qwen3-vl-235b-a22b-instruct
.26 2.6:qwen/qwen3-vl-235b-a22b-thinking
.13 .52:qwen/qwen3-vl-30b-a3b-instruct
.13 1.56:qwen/qwen3-vl-30b-a3b-thinking
.104 .416:qwen/qwen3-vl-32b-instruct
.08 .5:qwen/qwen3-vl-8b-instruct
.117 1.365:qwen/qwen3-vl-8b-thinking
.6 2.2 .11:z-ai/glm-4-5
.125 .85 .06:z-ai/glm-4-5-air
.6 1.8 .11:z-ai/glm-4-5v
.43 1.74 .08:z-ai/glm-4-6
.3 .9 .05:z-ai/glm-4-6v
.4 1.75 .08:z-ai/glm-4-7
.06 .4 .01:z-ai/glm-4-7-flash
.6 1.92 .12:z-ai/glm-5
.98 3.08 .182:z-ai/glm-5-1
1.2 4 .24:z-ai/glm-5-turbo
`,
  },
};
