"""Langfuse's SDK, which exports to any host by OpenTelemetry."""

import json
import os

os.environ["LANGFUSE_HOST"] = os.environ["LANGFUSE_BASE_URL"] = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
os.environ["LANGFUSE_PUBLIC_KEY"] = os.environ["LANGFUSE_SECRET_KEY"] = "none"

from export_spans import weather  # noqa: E402
from langfuse import get_client, observe, propagate_attributes  # noqa: E402
from langfuse.openai import openai  # noqa: E402

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
get_weather = observe(name="get_weather", as_type="tool")(weather)


@observe(name="weather", as_type="agent")
def ask(question: str) -> str:
    messages = [{"role": "user", "content": question}]
    while True:
        message = openai.chat.completions.create(model="gpt-5.2", messages=messages, tools=[TOOL]).choices[0].message
        if not message.tool_calls:
            return message.content or ""
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            try:
                result = get_weather(**json.loads(call.function.arguments))
            except LookupError as error:
                result = f"Error: {error}"
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})


with propagate_attributes(session_id="weather-talk", user_id="ada"):
    ask("What is the weather in Paris?")
    ask("And in Atlantis?")
get_client().flush()
