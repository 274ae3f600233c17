"""Anthropic's client with OpenInference's instrumentation, streamed and not."""

from anthropic import Anthropic
from export_spans import provider, weather
from openinference.instrumentation import using_session
from openinference.instrumentation.anthropic import AnthropicInstrumentor

AnthropicInstrumentor().instrument()
client = Anthropic()
TOOL = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
with using_session("weather-talk"):
    messages = [{"role": "user", "content": "What is the weather in Paris?"}]
    common = {"model": "claude-sonnet-4-5", "max_tokens": 500, "system": "You answer questions about the weather.", "tools": [TOOL]}
    answer = client.messages.create(messages=messages, **common)
    messages.append({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in answer.content]})
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": weather(**block.input)}
        for block in answer.content
        if block.type == "tool_use"
    ]
    messages.append({"role": "user", "content": results})
    with client.messages.stream(messages=messages, **common) as stream:
        stream.get_final_message()
provider.shutdown()
