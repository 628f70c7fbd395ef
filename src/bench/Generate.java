import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Writes the rows of one table as tab-separated text, which MariaDB and PostgreSQL load. Binary
 * values have the form of PostgreSQL. The rows depend only on the number of tokens and on the time.
 *
 * <p>The tokens are spread over two years and 200 groups (a tenth of them in one big group); by age,
 * about three quarters have expired, a tenth was revoked, and one in thirty is about to expire. A quarter has
 * other creators than alice. A third was never used. There are three times as many audit events,
 * and one token has a fiftieth of them. Only the first tokens have daily uses and callers.
 */
class Generate {

  private static final HexFormat HEX = HexFormat.of();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");
  private static final long DAY = 86_400;
  private static final LocalDateTime NOW = LocalDateTime.now(ZoneOffset.UTC);

  private final PrintStream out =
      new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
  private final long tokens;

  private Generate(long tokens) {
    this.tokens = tokens;
  }

  public static void main(String[] args) throws Exception {
    Generate rows = new Generate(Long.parseLong(args[1]));
    switch (args[0]) {
      case "tokens" -> rows.tokens();
      case "events" -> rows.events();
      case "uses" -> rows.uses();
      case "callers" -> rows.callers();
      default -> throw new IllegalArgumentException("no such table: " + args[0]);
    }
    rows.out.close();
  }

  private void tokens() throws Exception {
    for (long i = 1; i <= tokens; i++) {
      LocalDateTime created = NOW.minusSeconds(i * 730 * DAY / tokens);
      LocalDateTime expires = created.plusDays(30 + random("e", i, 336));
      boolean revoked = random("r", i, 10) == 0;
      int stage = !expires.isAfter(NOW) ? 2 : expires.isBefore(NOW.plusDays(30)) ? 1 : 0;
      boolean unused = random("u", i, 3) == 0;
      row(
          id("", i),
          "token-" + i,
          "Generated token number " + i,
          "\\\\x" + HEX.formatHex(digest("SHA-256", "generated-" + i)),
          "bsat_AAAAAAA",
          group(i),
          "[\"catalog:read\",\"techdocs:read\"]",
          creator(i),
          TIME.format(created),
          TIME.format(expires),
          revoked ? TIME.format(NOW.minusSeconds(i * DAY / tokens)) : "\\N",
          revoked ? "user:default/alice" : "\\N",
          stage,
          unused ? "\\N" : TIME.format(NOW.minusSeconds(random("d", i, 180 * DAY))));
    }
  }

  /** The oldest 50 events are imports by a user without other events. */
  private void events() throws Exception {
    long events = 3 * tokens;
    for (long i = 1; i <= events; i++) {
      long token = i % 50 == 0 ? 1 : 1 + i % tokens;
      boolean imported = i > events - 50;
      row(
          id("e", i),
          id("", token),
          imported ? "imported" : i <= tokens ? "created" : "revoked",
          imported ? "user:default/rare" : creator(token),
          i <= tokens ? "{}" : "{\"reason\":\"generated\"}",
          TIME.format(NOW.minusSeconds(i)),
          events - i + 1,
          group(token));
    }
  }

  /** Uses of a third of the tokens, at most 33,333, on each of 90 days. */
  private void uses() throws Exception {
    LocalDate today = NOW.toLocalDate();
    for (long i = 1; i <= Math.min(tokens / 3, 33_333); i++) {
      for (int day = 0; day < 90; day++) {
        row(id("", i * 3), today.minusDays(day), random("a" + day, i, 1000), day % 3);
      }
    }
  }

  /** Three callers of each token, at most of 100,000 tokens. The uses of one in 50 are refused. */
  private void callers() throws Exception {
    for (long i = 1; i <= Math.min(tokens, 100_000); i++) {
      for (int caller = 1; caller <= 3; caller++) {
        row(
            id("", i),
            1,
            random("c", i, 50) > 0 ? 1 : 0,
            "192.0.2." + caller,
            "curl/8.5.0",
            5,
            TIME.format(NOW.minusSeconds(random("l", i, 30 * DAY))));
      }
    }
  }

  private void row(Object... columns) {
    for (int i = 0; i < columns.length; i++) {
      out.print(columns[i]);
      out.print(i == columns.length - 1 ? '\n' : '\t');
    }
  }

  private static String group(long token) {
    return token % 10 == 0 ? "group:default/platform" : "group:default/team-" + token % 200;
  }

  private static String creator(long token) {
    return random("c", token, 4) == 0
        ? "user:default/creator-" + random("m", token, 20)
        : "user:default/alice";
  }

  private static String id(String kind, long number) throws Exception {
    ByteBuffer digest = ByteBuffer.wrap(digest("MD5", kind + number));
    return new UUID(digest.getLong(), digest.getLong()).toString();
  }

  private static byte[] digest(String algorithm, String text) throws Exception {
    return MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a number below the bound that is always the same for these arguments. */
  private static long random(String kind, long number, long bound) {
    return new SplittableRandom(kind.hashCode() + 31 * number).nextLong(bound);
  }
}
