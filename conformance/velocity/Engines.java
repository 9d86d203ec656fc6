import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.minidev.json.JSONObject;
import net.minidev.json.parser.JSONParser;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.Template;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.runtime.resource.loader.StringResourceLoader;

/**
 * Apache Velocity and Jayway JsonPath, a case a line on standard input and an answer a line on standard output, in ASCII.
 *
 * What a template finds in $input and $util is written here, as API Gateway documents it: so the language is compared,
 * and not how JSON is printed.
 */
@SuppressWarnings("unchecked")
public class Engines {
  static final Configuration JAYWAY = Configuration.defaultConfiguration();
  private static final Map<String, Template> PARSED = new HashMap<>();

  public static class Input {
    private final String body;
    private final Map<String, Object> parameters;

    Input(String body, Map<String, Object> parameters) {
      this.body = body.isEmpty() ? "{}" : body;
      this.parameters = parameters;
    }

    public String getBody() {
      return body;
    }

    public Object path(String path) {
      try {
        return JsonPath.using(JAYWAY).parse(body).read(path);
      } catch (PathNotFoundException e) {
        return null;
      }
    }

    public String json(String path) {
      try {
        return toJson(JsonPath.using(JAYWAY).parse(body).read(path), false);
      } catch (PathNotFoundException e) {
        return "\"\"";
      }
    }

    public Object params(String name) {
      for (String place : new String[] {"path", "querystring", "header"}) {
        Map<String, Object> found = (Map<String, Object>) parameters.get(place);
        if (found == null) continue;
        for (Map.Entry<String, Object> each : found.entrySet()) {
          String key = each.getKey();
          if (place.equals("header") ? key.equalsIgnoreCase(name) : key.equals(name)) return each.getValue();
        }
      }
      return parameters.containsKey(name) ? parameters.get(name) : "";
    }

    public Object params() {
      return parameters;
    }
  }

  public static class Util {
    public String escapeJavaScript(Object text) {
      return text == null ? null : StringEscapeUtils.escapeJavaScript(text.toString());
    }

    public Object parseJson(String text) throws Exception {
      int mode = JSONParser.MODE_RFC4627 & ~JSONParser.USE_HI_PRECISION_FLOAT;
      return new JSONParser(mode).parse(text);
    }

    public String urlEncode(String text) throws Exception {
      return URLEncoder.encode(text, "UTF-8");
    }

    public String urlDecode(String text) throws Exception {
      return URLDecoder.decode(text, "UTF-8");
    }

    public String base64Encode(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public String base64Decode(String text) {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
  }

  public static void main(String[] args) throws Exception {
    VelocityEngine velocity = new VelocityEngine();
    velocity.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    velocity.setProperty("resource.loader", "string");
    velocity.setProperty("string.resource.loader.class", StringResourceLoader.class.getName());
    velocity.setProperty("input.encoding", "UTF-8");
    velocity.init();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    String line;
    while ((line = in.readLine()) != null) {
      JSONObject given = (JSONObject) new JSONParser(JSONParser.MODE_PERMISSIVE).parse(line);
      Map<String, Object> answer = new LinkedHashMap<>();
      try {
        if (args[0].equals("json-path")) select(given, answer);
        else render(velocity, given, answer);
      } catch (Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) cause = cause.getCause();
        answer.put("error", cause.getClass().getSimpleName() + ": " + cause.getMessage());
      }
      out.println(toJson(answer, true));
    }
    out.flush();
  }

  private static void select(JSONObject given, Map<String, Object> answer) {
    answer.put("value", JsonPath.using(JAYWAY).parse((String) given.get("document")).read((String) given.get("path")));
  }

  private static void render(VelocityEngine velocity, JSONObject given, Map<String, Object> answer) {
    Map<String, Object> context = (Map<String, Object>) copied(given.get("context"));
    VelocityContext names = new VelocityContext();
    names.put("input", new Input((String) given.get("body"), (Map<String, Object>) copied(given.get("parameters"))));
    names.put("util", new Util());
    names.put("context", context);
    names.put("stageVariables", new LinkedHashMap<String, Object>());
    StringWriter text = new StringWriter();
    parsed(velocity, (String) given.get("template")).merge(names, text);
    answer.put("output", text.toString());
    answer.put("override", context.get("responseOverride"));
  }

  /** Parsing takes most of the time, and few templates meet thousands of bodies: each is parsed once. */
  private static Template parsed(VelocityEngine velocity, String text) {
    Template known = PARSED.get(text);
    if (known != null) return known;
    String name = "template-" + PARSED.size();
    StringResourceLoader.getRepository().putStringResource(name, text, "UTF-8");
    Template template = velocity.getTemplate(name, "UTF-8");
    PARSED.put(text, template);
    return template;
  }

  /** A map that a template may write to. */
  private static Object copied(Object value) {
    if (!(value instanceof Map)) return value;
    Map<String, Object> copy = new LinkedHashMap<>();
    ((Map<String, Object>) value).forEach((key, each) -> copy.put(key, copied(each)));
    return copy;
  }

  /** JSON with the fewest escapes, or in ASCII, so that a half of a surrogate pair survives. */
  private static String toJson(Object value, boolean ascii) {
    StringBuilder text = new StringBuilder();
    if (value instanceof Map) {
      ((Map<String, Object>) value)
          .forEach((key, each) -> text.append(text.length() > 0 ? "," : "").append(quoted(key, ascii)).append(":").append(toJson(each, ascii)));
      return "{" + text + "}";
    }
    if (value instanceof List) {
      for (Object each : (List<Object>) value) text.append(text.length() > 0 ? "," : "").append(toJson(each, ascii));
      return "[" + text + "]";
    }
    return value instanceof String ? quoted((String) value, ascii) : String.valueOf(value);
  }

  private static String quoted(String text, boolean ascii) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char each : text.toCharArray()) {
      int escape = "\"\\\b\f\n\r\t".indexOf(each);
      if (escape >= 0) quoted.append('\\').append("\"\\bfnrt".charAt(escape));
      else if (each < 32 || (ascii && each > 126)) quoted.append(String.format("\\u%04x", (int) each));
      else quoted.append(each);
    }
    return quoted.append('"').toString();
  }
}
