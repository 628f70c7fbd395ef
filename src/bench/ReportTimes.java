import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the API calls of the admin pages one by one. Prints the median and the maximum of
 * several calls.
 */
class ReportTimes {

  private static final int WARM_UP = 5;
  private static final int ROUNDS = 21;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");
  private static final Pattern TOTAL = Pattern.compile("\"total\":(\\d+)");

  public static void main(String[] args) throws Exception {
    String list = args[0] + "/api/access-tokens/service";
    String audit = list + "/audit";
    System.out.println("| call | as | matches | median, ms | slowest, ms |");
    System.out.println("|---|---|---:|---:|---:|");
    String big = "groupEntityRef=platform";
    String small = "groupEntityRef=team-7";
    String then = enc(Instant.now().minus(Duration.ofDays(90)).toString());
    for (String query :
        new String[] {
          "", "status=active", "status=expiring", "status=expired", "status=revoked", big, small,
          "status=expiring&" + big, "createdBy=alice", "createdBy=creator-14",
          "createdBy=creator-14&" + big, "createdBy=nobody", "q=token-4711", "q=generated",
          "q=number%2099", "q=nothing-like-it", "q=token-4711&" + big, "q=generated&status=revoked",
          "live=true&neverUsed=true", "live=true&lastUsedBefore=" + then,
          "live=true&unusedSince=" + then, "live=true&neverUsed=true&" + big,
          "live=true&unusedSince=" + then + "&sort=lastUsedAt&limit=6",
          "status=expiring&sort=expiresAt&limit=5"
        }) {
      measure("list", list, query);
    }
    for (String sort :
        "name,-name,createdAt,expiresAt,-expiresAt,lastUsedAt,-lastUsedAt,createdBy,status,-status,groupEntityRef"
            .split(",")) {
      measure("list", list, "sort=" + sort);
      measure("list", list, "sort=" + sort + "&status=active");
      measure("list", list, "sort=" + sort + "&" + big);
      measure("list", list, "sort=" + sort + "&q=generated");
      measure("list", list, "sort=" + sort + "&live=true&neverUsed=true");
      measure("list", list, "sort=" + sort + "&offset=10000");
      measure("list", list, "sort=" + sort + "&after=" + deepCursor(list, "sort=" + sort));
    }
    measure("overview", list + "/overview", "");
    measure("carol", "overview", list + "/overview", "");
    firstUse(list + "/usage");
    measure("usage", list + "/usage", "");
    measure("carol", "usage", list + "/usage", "");
    measure("carol", "list", list, "");
    measure("carol", "list", list, "q=generated");
    String from = enc(Instant.now().minus(Duration.ofDays(30)).toString());
    for (String query :
        new String[] {
          "", "event=created", "event=revoked", "event=imported", big, small, "actor=alice",
          "actor=creator-14", "actor=nobody", "from=" + from, "to=" + from,
          "event=revoked&" + big, "event=imported&" + big, "actor=creator-14&" + big,
          "actor=rare&" + big, "actor=alice&event=imported", "actor=rare&event=created",
          "actor=alice&event=revoked&" + small, "event=revoked&from=" + from + "&to=" + from,
          big + "&to=" + from, "actor=alice&to=" + from + "&event=revoked", "offset=10000",
          "tokenId=c4ca4238-a0b9-2382-0dcc-509a6f75849b", "counts=true",
          "counts=true&" + big + "&from=" + from, "counts=true&actor=alice",
          "id=c4ca4238-a0b9-2382-0dcc-509a6f75849b"
        }) {
      measure("audit", audit, query);
      measure("audit", audit, query + "&limit=50&after=" + deepCursor(audit, query));
    }
    measure("carol", "audit", audit, "");
    measure("carol", "audit", audit, "actor=rare");
    measure("carol", "audit", audit, "event=imported");
  }

  /** Prints how long the first calls take, until the service has read the sums of all days. */
  private static void firstUse(String url) throws Exception {
    boolean complete = false;
    for (int call = 1; !complete; call++) {
      long start = System.nanoTime();
      complete = get("alice", url).endsWith("\"complete\":true}");
      System.out.printf(
          "| usage, call %d after the start | alice | | %.1f | |%n",
          call, (System.nanoTime() - start) / 1e6);
    }
  }

  private static String enc(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Returns a cursor that is some thousand rows down. */
  private static String deepCursor(String url, String query) throws Exception {
    String cursor = "";
    if (query.contains("offset")) {
      return cursor;
    }
    for (int i = 0; i < 10; i++) {
      Matcher next =
          NEXT.matcher(get("alice", url + "?limit=500&after=" + cursor + "&" + query));
      if (!next.find()) {
        break;
      }
      cursor = next.group(1);
    }
    return cursor;
  }

  private static void measure(String name, String url, String query) throws Exception {
    measure("alice", name, url, query);
  }

  private static void measure(String person, String name, String url, String query)
      throws Exception {
    String address = url + (query.isEmpty() ? "" : "?" + query);
    String body = "";
    for (int i = 0; i < WARM_UP; i++) {
      body = get(person, address);
    }
    long[] nanos = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      get(person, address);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    Matcher total = TOTAL.matcher(body);
    List<String> shown = new ArrayList<>();
    for (String part : query.split("&")) {
      boolean cursor = part.startsWith("after=") && part.length() > 6;
      shown.add(cursor ? "after a cursor" : part.equals("after=") ? "" : part);
    }
    shown.removeIf(String::isEmpty);
    System.out.printf(
        "| %s %s | %s | %s | %.1f | %.1f |%n",
        name,
        String.join(", ", shown),
        person,
        total.find() ? total.group(1) : "",
        nanos[ROUNDS / 2] / 1e6,
        nanos[ROUNDS - 1] / 1e6);
  }

  private static String get(String person, String url) throws Exception {
    String basic = Base64.getEncoder().encodeToString((person + ":" + person).getBytes());
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Basic " + basic).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(url + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }
}
