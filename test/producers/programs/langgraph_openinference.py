"""LangGraph with OpenInference's instrumentation."""

from export_spans import provider, weather
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from openinference.instrumentation import using_attributes
from openinference.instrumentation.langchain import LangChainInstrumentor

LangChainInstrumentor().instrument()


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    try:
        return weather(city)
    except LookupError as error:
        return f"Error: {error}"


agent = create_agent(
    ChatOpenAI(model="gpt-5.2"), [get_weather], system_prompt="You answer questions about the weather.", name="weather"
)
with using_attributes(session_id="weather-talk", user_id="ada"):
    messages = agent.invoke({"messages": [("user", "What is the weather in Paris?")]})["messages"]
    agent.invoke({"messages": [*messages, ("user", "And in Atlantis?")]})
provider.shutdown()
