import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the lists, filters, searches, orders and counts of the API on two servers, one with few
 * tokens and one with many. Requests alternate between the servers. A page at an offset or after a
 * cursor is compared with a page near the start of the list of few tokens. Each row also has the
 * number of rows and index entries that the statements of the request read in the database with
 * many tokens, by the database's own count.
 */
class Scale {

  private static final int FIRST_WARM_UP = 300;
  private static final int WARM_UP = 2;
  private static final int ROUNDS = 7;
  private static final long MAXIMUM_READ = 20_000;
  private static final double MAXIMUM_MILLIS = 50;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");
  private static final Pattern TOTAL = Pattern.compile("\"total\":(\\d+)");

  private final String few;
  private final String many;
  private final ReadCounter counter;
  private int calls;
  private int slow;
  private int expensive;

  private Scale(String few, String many, ReadCounter counter) {
    this.few = few + "/api/access-tokens/service";
    this.many = many + "/api/access-tokens/service";
    this.counter = counter;
  }

  /**
   * Arguments: the URLs of both servers, the JDBC URL of an administrator's database, the user and
   * password for it, and the file with the log of PostgreSQL.
   */
  public static void main(String[] args) throws Exception {
    try (Connection admin = DriverManager.getConnection(args[2], args[3], args[4])) {
      ReadCounter counter =
          args[2].startsWith("jdbc:mariadb:")
              ? new MariaDbCounter(admin)
              : new PostgresCounter(admin, Path.of(args[5]));
      Scale scale = new Scale(args[0], args[1], counter);
      scale.warmUp();
      scale.measure();
    }
  }

  private void warmUp() throws Exception {
    for (int i = 0; i < FIRST_WARM_UP; i++) {
      for (String url : new String[] {few, many}) {
        request("alice", url);
        request("alice", url + "?status=active&q=generated");
        request("alice", url + "/audit");
      }
    }
  }

  private void measure() throws Exception {
    System.out.println(
        "| call | as | matches | few, ms | many, ms | ratio | slowest, ms | rows read | misses |");
    System.out.println("|---|---|---:|---:|---:|---:|---:|---:|---|");
    String platform = "groupEntityRef=platform";
    String team = "groupEntityRef=team-7";
    String then = enc(Instant.now().minus(Duration.ofDays(90)).toString());
    for (String query :
        new String[] {
          "", "status=active", "status=expiring", "status=expired", "status=revoked", platform,
          team, "status=active&" + platform, "status=expiring&" + platform,
          "status=expired&" + platform, "status=revoked&" + platform, "createdBy=alice",
          "createdBy=creator-14", "createdBy=creator-14&" + platform, "createdBy=unknown",
          "q=token-4711", "q=generated", "q=number%2099", "q=nothing-like-it",
          "q=token-4711&" + platform, "q=generated&status=revoked", "live=true&neverUsed=true",
          "live=true&lastUsedBefore=" + then, "live=true&unusedSince=" + then,
          "live=true&neverUsed=true&" + platform,
          "live=true&unusedSince=" + then + "&sort=lastUsedAt&limit=6",
          "status=expiring&sort=expiresAt&limit=5"
        }) {
      list(query);
    }
    for (String sort :
        "name,-name,expiresAt,lastUsedAt,-lastUsedAt,createdBy,status,groupEntityRef".split(",")) {
      list("sort=" + sort);
      compare("list", "alice", "", "sort=" + sort + "&status=active");
      compare("list", "alice", "", "sort=" + sort + "&" + platform);
      compare("list", "alice", "", "sort=" + sort + "&q=generated");
      compare("list", "alice", "", "sort=" + sort + "&live=true&neverUsed=true");
    }
    compare("list", "carol", "", "");
    compare("list", "carol", "", "q=generated");
    compare("overview", "alice", "/overview", "");
    compare("overview", "carol", "/overview", "");
    awaitUsage();
    compare("usage", "alice", "/usage", "");
    compare("usage", "carol", "/usage", "");
    String from = enc(Instant.now().minus(Duration.ofDays(30)).toString());
    for (String query :
        new String[] {
          "", "event=created", "event=revoked", "event=imported", platform, team, "actor=alice",
          "actor=creator-14", "actor=rare", "actor=unknown", "from=" + from, "to=" + from,
          "event=revoked&" + platform, "event=imported&" + platform,
          "actor=creator-14&" + platform, "actor=rare&" + platform, "actor=alice&event=imported",
          "actor=rare&event=created", "actor=alice&event=revoked&" + team,
          "event=revoked&from=" + from + "&to=" + from, platform + "&to=" + from,
          "actor=alice&to=" + from + "&event=revoked",
          "tokenId=c4ca4238-a0b9-2382-0dcc-509a6f75849b", "counts=true",
          "counts=true&" + platform + "&from=" + from, "counts=true&actor=alice"
        }) {
      compare("audit", "alice", "/audit", query);
      compareAtDepth("audit", "/audit", query);
    }
    compare("audit", "alice", "/audit", "offset=5000");
    compare("audit", "carol", "/audit", "");
    compare("audit", "carol", "/audit", "actor=rare");
    String busiest = "/c4ca4238-a0b9-2382-0dcc-509a6f75849b"; // MD5 of 1
    compare("audit of the busiest token", "alice", busiest + "/audit", "");
    compare("audit of the busiest token", "alice", busiest + "/audit", "offset=1000");
    compare("usage of a token", "alice", "/eccbc87e-4b5c-e2fe-2830-8fd9f2a7baf3/usage", "days=90");
    System.out.printf(
        "%nOf %d calls, %d took more than %.0f ms and more than twice the time with few tokens, and"
            + " %d read more than %d rows.%n",
        calls, slow, MAXIMUM_MILLIS, expensive, MAXIMUM_READ);
  }

  private void list(String query) throws Exception {
    compare("list", "alice", "", query);
    if (!query.contains("q=") && !query.contains("limit=")) {
      compare("list", "alice", "", query + "&offset=5000");
    }
    compareAtDepth("list", "", query);
  }

  /** Compares the page after ten pages with the first page of few tokens. */
  private void compareAtDepth(String name, String path, String query) throws Exception {
    String cursor = "";
    for (int i = 0; i < 10; i++) {
      String page = path + "?after=" + cursor + "&" + query;
      page += query.contains("limit=") ? "" : "&limit=500";
      Matcher next = NEXT.matcher(request("alice", many + page).body());
      if (!next.find()) {
        return;
      }
      cursor = next.group(1);
    }
    compare(name, "alice", path, query, "after=" + cursor + "&" + query);
  }

  private void compare(String name, String user, String path, String query) throws Exception {
    compare(name, user, path, query.replace("offset=5000", "offset=1000"), query);
  }

  private void compare(String name, String user, String path, String fewQuery, String manyQuery)
      throws Exception {
    String fewUrl = few + path + "?" + fewQuery;
    String manyUrl = many + path + "?" + manyQuery;
    for (int i = 0; i < WARM_UP; i++) {
      request(user, fewUrl);
      request(user, manyUrl);
    }
    double[] withFew = new double[ROUNDS];
    double[] withMany = new double[ROUNDS];
    int unavailable = 0;
    HttpResponse<String> response = null;
    for (int i = 0; i < ROUNDS; i++) {
      long begin = System.nanoTime();
      request(user, fewUrl);
      long middle = System.nanoTime();
      response = request(user, manyUrl);
      withFew[i] = (middle - begin) / 1e6;
      withMany[i] = (System.nanoTime() - middle) / 1e6;
      unavailable += response.statusCode() == 200 ? 0 : 1;
    }
    Arrays.sort(withFew);
    Arrays.sort(withMany);
    double ratio = withMany[ROUNDS / 2] / withFew[ROUNDS / 2];
    long read = rowsRead(user, manyUrl);
    boolean missesTime = unavailable > 0 || ratio > 2 && withMany[ROUNDS / 2] > MAXIMUM_MILLIS;
    boolean missesRows = read > MAXIMUM_READ;
    calls++;
    slow += missesTime ? 1 : 0;
    expensive += missesRows ? 1 : 0;
    Matcher total = TOTAL.matcher(response.body());
    System.out.printf(
        "| %s | %s | %s | %.1f | %.1f | %.2f | %.1f | %d | %s |%n",
        (name + " " + shown(manyQuery)).strip(),
        user,
        total.find() ? total.group(1) : "",
        withFew[ROUNDS / 2],
        withMany[ROUNDS / 2],
        ratio,
        withMany[ROUNDS - 1],
        read,
        (unavailable > 0 ? "503 " : missesTime ? "time " : "") + (missesRows ? "rows" : ""));
  }

  /** Other statements run in the background, so the median of three results counts. */
  private long rowsRead(String user, String url) throws Exception {
    long[] read = new long[3];
    for (int i = 0; i < read.length; i++) {
      counter.start();
      request(user, url);
      read[i] = counter.stop();
    }
    Arrays.sort(read);
    return read[1];
  }

  /** Waits until the service has read the sums of all days after its start. */
  private void awaitUsage() throws Exception {
    for (String url : new String[] {few, many}) {
      while (!request("alice", url + "/usage").body().endsWith("\"complete\":true}")) {
        Thread.onSpinWait();
      }
    }
  }

  private static String shown(String query) {
    return query
        .replaceAll("T[^&]+Z", "")
        .replaceAll("tokenId=[^&]+", "tokenId of the busiest token")
        .replaceAll("after=[^&]+", "after a cursor")
        .replaceAll("^&|&$", "")
        .replace("&", ", ");
  }

  private static String enc(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static HttpResponse<String> request(String user, String url) throws Exception {
    String basic = Base64.getEncoder().encodeToString((user + ":" + user).getBytes());
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Basic " + basic).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200 && response.statusCode() != 503) {
      throw new IllegalStateException(
          url + ": " + response.statusCode() + " " + response.body());
    }
    return response;
  }

  /** Counts what the statements of a request read. */
  private interface ReadCounter {

    void start() throws Exception;

    /** Returns the number of rows and index entries that were read since the start. */
    long stop() throws Exception;
  }

  /** The statistics of the tables, and the index entries that a pushed condition refused. */
  private static class MariaDbCounter implements ReadCounter {

    private final Connection admin;
    private long begin;

    MariaDbCounter(Connection admin) {
      this.admin = admin;
    }

    @Override
    public void start() throws Exception {
      begin = read();
    }

    @Override
    public long stop() throws Exception {
      return read() - begin;
    }

    private long read() throws Exception {
      try (Statement statement = admin.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "select (select coalesce(sum(rows_read), 0) from"
                      + " information_schema.table_statistics where table_schema = 'many')"
                      + " + (select sum(if(variable_name = 'handler_icp_match', -variable_value,"
                      + " variable_value)) from information_schema.global_status where"
                      + " variable_name in ('handler_icp_attempts', 'handler_icp_match'))")) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** The plans that the module auto_explain writes to the log, with the rows that were read. */
  private static class PostgresCounter implements ReadCounter {

    private static final Pattern READ =
        Pattern.compile(
            "(?:Seq|Index|Index Only|Bitmap Index|Bitmap Heap) Scan .*"
                + "\\(actual rows=([\\d.]+) loops=(\\d+)\\)"
                + "|Rows Removed by (?:Filter|Index Recheck): (\\d+)");

    private final Connection admin;
    private final Path file;
    private long begin;

    PostgresCounter(Connection admin, Path file) {
      this.admin = admin;
      this.file = file;
    }

    @Override
    public void start() throws Exception {
      begin = Files.size(file);
      set("0");
    }

    private void set(String minimumDuration) throws Exception {
      try (Statement statement = admin.createStatement()) {
        statement.execute("alter system set auto_explain.log_min_duration = " + minimumDuration);
        statement.execute("select pg_reload_conf()");
      }
      String changed = "\"auto_explain.log_min_duration\" changed to \"" + minimumDuration + "\"";
      while (!Files.readString(file).substring((int) begin).contains(changed)) {
        Thread.onSpinWait();
      }
    }

    @Override
    public long stop() throws Exception {
      long end = Files.size(file);
      set("-1");
      byte[] log = Files.readAllBytes(file);
      long read = 0;
      String written = new String(log, (int) begin, (int) (end - begin), StandardCharsets.UTF_8);
      for (String statement : written.split("(?m)^(?=\\S)")) {
        long loops = 1;
        Matcher node = statement.startsWith("many ") ? READ.matcher(statement) : READ.matcher("");
        while (node.find()) {
          if (node.group(2) != null) {
            loops = Long.parseLong(node.group(2));
            read += (long) (Double.parseDouble(node.group(1)) * loops);
          } else {
            read += Long.parseLong(node.group(3)) * loops;
          }
        }
      }
      return read;
    }
  }
}
