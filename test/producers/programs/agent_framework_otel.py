"""Microsoft's Agent Framework, which traces by itself."""

import asyncio

from agent_framework import Agent
from agent_framework.observability import enable_instrumentation
from agent_framework.openai import OpenAIChatCompletionClient
from export_spans import provider, weather

enable_instrumentation(enable_sensitive_data=True)


def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(
    client=OpenAIChatCompletionClient(model="gpt-5.2"),
    name="weather",
    instructions="You answer questions about the weather.",
    tools=[get_weather],
)


async def main() -> None:
    session = agent.create_session(session_id="weather-talk")
    await agent.run("What is the weather in Paris?", session=session)
    await agent.run("And in Atlantis?", session=session)


asyncio.run(main())
provider.shutdown()
