"""LlamaIndex with OpenInference's instrumentation."""

import asyncio
import os

from export_spans import provider, weather
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.workflow import Context
from llama_index.llms.openai import OpenAI
from openinference.instrumentation import using_session
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

LlamaIndexInstrumentor().instrument()


def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = FunctionAgent(
    name="weather",
    tools=[get_weather],
    llm=OpenAI(model="gpt-4.1", api_base=os.environ["OPENAI_BASE_URL"]),
    system_prompt="You answer questions about the weather.",
)


async def main() -> None:
    context = Context(agent)
    with using_session("weather-talk"):
        await agent.run("What is the weather in Paris?", ctx=context)
        await agent.run("And in Atlantis?", ctx=context)


asyncio.run(main())
provider.shutdown()
