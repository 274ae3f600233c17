"""Google's Agent Development Kit, which traces by itself."""

import asyncio

from export_spans import provider, weather
from google.adk.agents import LlmAgent
from google.adk.runners import InMemoryRunner
from google.genai.types import Content, Part


def get_weather(city: str) -> dict:
    """The weather in a city."""
    try:
        return {"report": weather(city)}
    except LookupError as error:
        return {"error": str(error)}


agent = LlmAgent(
    name="weather", model="gemini-3-pro", instruction="You answer questions about the weather.", tools=[get_weather]
)


async def main() -> None:
    runner = InMemoryRunner(agent=agent, app_name="weather_desk")
    await runner.session_service.create_session(app_name="weather_desk", user_id="ada", session_id="weather-talk")
    for text in ["What is the weather in Paris?", "And in Atlantis?"]:
        message = Content(role="user", parts=[Part(text=text)])
        async for _ in runner.run_async(user_id="ada", session_id="weather-talk", new_message=message):
            pass


asyncio.run(main())
provider.shutdown()
