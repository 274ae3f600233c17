package desk;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Spring AI, whose observations Micrometer turns into spans. */
@SpringBootApplication
public class Weather {
  static class Tools {
    @Tool(name = "get_weather", description = "The weather in a city.")
    String weather(String city) {
      if (city.equals("Atlantis")) throw new IllegalArgumentException("city not found: " + city);
      return "18 °C and sunny in " + city;
    }
  }

  public static void main(String[] args) {
    System.exit(SpringApplication.exit(SpringApplication.run(Weather.class, args)));
  }

  @Bean
  CommandLineRunner desk(ChatClient.Builder builder) {
    return args -> {
      ChatMemory memory = MessageWindowChatMemory.builder().build();
      ChatClient client = builder.defaultSystem("You answer questions about the weather.")
          .defaultTools(new Tools())
          .defaultAdvisors(MessageChatMemoryAdvisor.builder(memory).build())
          .build();
      for (String question : new String[] {"What is the weather in Paris?", "And in Atlantis?"}) {
        client.prompt().user(question)
            .advisors(advisor -> advisor.param(ChatMemory.CONVERSATION_ID, "weather-talk"))
            .call().content();
      }
    };
  }
}
