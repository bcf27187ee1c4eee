package mallory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** As much of JSON as lines of `serve` need, for the JDK has none: what is read is what a correct writer wrote. */
final class Json {
    private final String text;
    private int at;

    Json(String text) {
        this.text = text;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    Object value() {
        switch (next()) {
            case '{':
                Map<String, Object> members = new HashMap<>();
                at++;
                while (next() != '}') {
                    String name = string();
                    next();
                    at++;
                    members.put(name, value());
                    if (next() == ',') at++;
                }
                at++;
                return members;
            case '[':
                List<Object> items = new ArrayList<>();
                at++;
                while (next() != ']') {
                    items.add(value());
                    if (next() == ',') at++;
                }
                at++;
                return items;
            case '"':
                return string();
            default:
                int from = at;
                while (at < text.length() && ",]} \t".indexOf(text.charAt(at)) < 0) at++;
                String word = text.substring(from, at);
                return switch (word) {
                    case "null" -> null;
                    case "true" -> true;
                    case "false" -> false;
                    default -> Double.valueOf(word);
                };
        }
    }

    private char next() {
        while (text.charAt(at) == ' ' || text.charAt(at) == '\t') at++;
        return text.charAt(at);
    }

    private String string() {
        StringBuilder found = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            char one = text.charAt(at);
            if (one != '\\') {
                found.append(one);
                continue;
            }
            char escaped = text.charAt(++at);
            if (escaped == 'u') {
                found.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                at += 4;
            } else {
                int plain = "bfnrt".indexOf(escaped);
                found.append(plain < 0 ? escaped : "\b\f\n\r\t".charAt(plain));
            }
        }
        at++;
        return found.toString();
    }

    static String text(Object value) {
        if (value instanceof Map<?, ?> members) {
            List<String> parts = new ArrayList<>();
            members.forEach((name, member) -> parts.add(text(name) + ":" + text(member)));
            return "{" + String.join(",", parts) + "}";
        }
        if (value instanceof List<?> items) return "[" + String.join(",", items.stream().map(Json::text).toList()) + "]";
        if (!(value instanceof String string)) return String.valueOf(value);
        StringBuilder quoted = new StringBuilder("\"");
        for (char one : string.toCharArray())
            quoted.append(one < ' ' || one == '"' || one == '\\' || one > '~' ? String.format("\\u%04x", (int) one) : one);
        return quoted.append('"').toString();
    }
}
