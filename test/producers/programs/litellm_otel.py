"""LiteLLM's callback for OpenTelemetry."""

import json
import time

import litellm
from export_spans import provider, weather

litellm.callbacks = ["otel"]
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
messages = [{"role": "user", "content": "What is the weather in Paris?"}]
for _ in range(2):
    answer = litellm.completion(
        model="openai/gpt-5.2", messages=messages, tools=[TOOL], metadata={"session_id": "weather-talk"}
    )
    message = answer.choices[0].message
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls or []:
        arguments = json.loads(call.function.arguments)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": weather(**arguments)})
try:
    litellm.completion(model="openai/model-missing", messages=messages[:1])
except litellm.exceptions.NotFoundError:
    pass
# The callback works in a thread of its own.
time.sleep(2)
provider.shutdown()
