import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the median times of list and audit pages of two servers, and prints their ratios.
 * Requests alternate between the servers.
 */
class ListPages {

  private static final int WARM_UP = 200;
  private static final int ROUNDS = 201;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");

  public static void main(String[] args) throws Exception {
    String small = args[0] + "/api/access-tokens/service";
    String big = args[1] + "/api/access-tokens/service";
    System.out.printf("| page | %s tokens, ms | %s tokens, ms | ratio |%n", args[2], args[3]);
    System.out.println("|---|---:|---:|---:|");
    String group = "groupEntityRef=group:default/platform";
    for (String filter :
        new String[] {
          "", "status=active", "status=expiring", "status=expired", "status=revoked", group,
          "status=active&" + group, "status=expired&" + group, "status=revoked&" + group
        }) {
      String name = filter.isEmpty() ? "all" : filter.replace("EntityRef=group:default/", " ");
      // The baseline of each row is the first page of the small table.
      compare(name + ", first page", small + "?" + filter, big + "?" + filter);
      compare(name + ", offset 1000", small + "?" + filter, big + "?offset=1000&" + filter);
      compare(
          name + ", cursor at depth",
          small + "?" + filter,
          big + "?after=" + deepCursor(big, filter) + "&" + filter);
    }
    String audit = "/c4ca4238-a0b9-2382-0dcc-509a6f75849b/audit"; // MD5 of 1: the busiest token
    compare("audit of the busiest token", small + audit, big + audit);
    compare("the same, offset 1000", small + audit, big + audit + "?offset=1000");
  }

  /** Returns a cursor that is some thousand tokens down the list. */
  private static String deepCursor(String url, String filter) throws Exception {
    String cursor = "";
    for (int i = 0; i < 10; i++) {
      Matcher next = NEXT.matcher(get(url + "?limit=500&after=" + cursor + "&" + filter));
      if (!next.find()) {
        break;
      }
      cursor = next.group(1);
    }
    return cursor;
  }

  private static void compare(String name, String small, String big) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      get(small);
      get(big);
    }
    long[] ofSmall = new long[ROUNDS];
    long[] ofBig = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      ofSmall[i] = time(small);
      ofBig[i] = time(big);
    }
    double a = median(ofSmall);
    double b = median(ofBig);
    System.out.printf("| %s | %.2f | %.2f | %.2f |%n", name, a / 1e6, b / 1e6, b / a);
  }

  private static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }

  private static long time(String url) throws Exception {
    long start = System.nanoTime();
    get(url);
    return System.nanoTime() - start;
  }

  private static String get(String url) throws Exception {
    String basic = Base64.getEncoder().encodeToString("alice:alice".getBytes());
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
