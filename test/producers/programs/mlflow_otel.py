"""MLflow's autologging of OpenAI. MLFLOW_TRACKING_URI is a file; spans go to OTEL_EXPORTER_OTLP_TRACES_ENDPOINT."""

import json

import mlflow
import openai
from export_spans import weather

mlflow.openai.autolog()
client = openai.OpenAI()
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
get_weather = mlflow.trace(weather, name="get_weather", span_type="TOOL")


@mlflow.trace(name="weather", span_type="AGENT")
def ask(question: str) -> str:
    mlflow.update_current_trace(metadata={"mlflow.trace.session": "weather-talk", "mlflow.trace.user": "ada"})
    messages = [{"role": "user", "content": question}]
    while True:
        message = client.chat.completions.create(model="gpt-5.2", messages=messages, tools=[TOOL]).choices[0].message
        if not message.tool_calls:
            return message.content or ""
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            try:
                result = get_weather(**json.loads(call.function.arguments))
            except LookupError as error:
                result = f"Error: {error}"
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})


ask("What is the weather in Paris?")
ask("And in Atlantis?")
mlflow.flush_trace_async_logging()
