import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;

/** Event Ruler, AWS's own engine for event patterns: a pattern with its events a line on standard input, an answer a line on standard output. */
public class Patterns {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream output = new PrintStream(System.out, true, "UTF-8");
    for (String line; (line = lines.readLine()) != null; ) output.println(JSON.writeValueAsString(answer(JSON.readTree(line))));
  }

  private static ObjectNode answer(JsonNode given) {
    ObjectNode answer = JSON.createObjectNode();
    try {
      Machine machine = new Machine();
      machine.addRule("rule", given.get("pattern").asText());
      for (JsonNode event : given.get("events")) {
        answer.withArray("matches").add(!machine.rulesForJSONEvent(event.toString()).isEmpty());
      }
    } catch (Exception refused) {
      answer.removeAll();
      // Jackson adds where it was; the first line is the reason.
      answer.put("error", String.valueOf(refused.getMessage()).split("\n")[0]);
    }
    return answer;
  }
}
