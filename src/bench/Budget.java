import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Measures the CPU time that requests without credentials cost the server.
 *
 * <p>Prints a Markdown table in which each cost is a multiple of the cost of a plain 401. Exits
 * with 1 if a row is above the bound.
 *
 * <p>Sends one request after another on a persistent connection, so that the server processes one
 * request at a time. The CPU time of the server process is read before and after.
 */
public final class Budget {

  private static final double BOUND = 10;

  /** Ticks per second of the kernel clock that counts CPU time. */
  private static final double TICKS_PER_SECOND = 100;

  /** Length of long header data. The limit for a request head is 8,192 bytes. */
  private static final int LONG = 7_000;

  /** Length of a long body. The limit for a body is 100 KB. */
  private static final int LONG_BODY = 99_000;

  /** Length of a long small body. The limit for token requests and sign-ins is 16,384 bytes. */
  private static final int LARGEST_SMALL_BODY = 16_000;

  /** Maximum number of parameters in a form or a query. */
  private static final int MAX_PARAMETERS = 100;

  /** Maximum number of semicolons in a path. */
  private static final int MAX_SEMICOLONS = 32;

  private static final String PLAIN = "plain 401";

  /** Suffix of the rows that measure responses of a rate limit. */
  private static final String LIMITED = ", limited";

  /** Number of requests that are sent for each row before the first measurement. */
  private static final int WARM_UP = 400;

  private static final int ROUNDS = 3;

  /** More than each limit of wrong credentials per minute. Two limits can apply to one request. */
  private static final int LARGEST_LIMIT = 700;

  private static final int MAX_TO_EXHAUST = 2_000;

  /** Number of connections that send wrong passwords. */
  private static final int CONNECTIONS = 32;

  private static final int FLOOD_SECONDS = 10;

  private final String pid;
  private final String host;
  private final int port;
  private final double seconds;
  private final Map<String, Supplier<String>> requests = new LinkedHashMap<>();
  private boolean passwords = true;
  private String jwtIssuer = "";
  private Socket socket;
  private InputStream in;

  private record Row(String name, long requests, double micros, Map<Integer, Long> statuses) {}

  private Budget(String pid, String host, int port, double seconds) {
    this.pid = pid;
    this.host = host;
    this.port = port;
    this.seconds = seconds;
  }

  /** Takes {@code PID HOST PORT CPU_SECONDS_EACH KEY_ID ISSUER_OF_JWTS ASSETS [PART_OF_A_NAME]}. */
  public static void main(String[] arguments) throws Exception {
    Budget budget =
        new Budget(
            arguments[0],
            arguments[1],
            Integer.parseInt(arguments[2]),
            Double.parseDouble(arguments[3]));
    budget.routes(arguments[6]);
    budget.headers();
    budget.tokens(arguments[4], arguments[5]);
    String part = arguments.length > 7 ? arguments[7] : "";
    budget.passwords = part.isEmpty();
    budget.jwtIssuer = arguments[5];
    budget.requests.keySet().removeIf(name -> !name.equals(PLAIN) && !name.contains(part));
    System.exit(budget.run() ? 0 : 1);
  }

  private void routes(String assets) {
    String api = "/api/access-tokens/";
    add(PLAIN, () -> get(api + "whoami"));
    add("`GET service`, `limit=500`", () -> get(api + "service?limit=500"));
    add("`GET verify`, 2,000 characters of scopes", () -> get(api + "verify?scope=" + scopes()));
    add("`GET verify/ext-authz`, long query", () -> get(api + "verify/ext-authz?uri=" + a(LONG)));
    add("`POST introspect`", () -> form(api + "introspect", "token=" + unknown()));
    add(
        "`POST introspect`, 99,000 bytes of escapes and a client secret",
        () ->
            form(
                api + "introspect",
                "client_secret=" + unknown() + "&token=" + "%41".repeat(LONG_BODY / 3)));
    add("`POST revoke`, malformed token", () -> form(api + "revoke", "token=bsat_x"));
    add("`POST revoke`, 99,000 bytes", () -> form(api + "revoke", "token=" + a(LONG_BODY)));
    add(
        "`POST revoke`, 99,000 bytes of escapes",
        () -> form(api + "revoke", "token=" + "%41".repeat(LONG_BODY / 3)));
    add(
        "`POST revoke`, 24,000 parameters",
        () -> form(api + "revoke", "a=b&".repeat(LONG_BODY / 4) + "token=x"));
    add("`POST revoke`, 16,000 bytes", () -> form(api + "revoke", "token=" + a(LARGEST_SMALL_BODY)));
    add(
        "`POST revoke`, 16,000 bytes of escapes",
        () -> form(api + "revoke", "token=" + "%41".repeat(LARGEST_SMALL_BODY / 3)));
    String claims = base64("{" + "\"a\":[{}],".repeat(650) + "\"iss\":\"x\"}");
    String nested = base64("{\"iss\":" + "[".repeat(2_900) + "]".repeat(2_900) + "}");
    String signed = base64("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}");
    add(
        "`POST revoke`, JWT of 8,000 bytes, 650 claims",
        () -> form(api + "revoke", "token=" + signed + '.' + claims + ".AAAA"));
    add(
        "`POST revoke`, JWT of 8,000 bytes, nested claims",
        () -> form(api + "revoke", "token=" + signed + '.' + nested + ".AAAA"));
    add(
        "`POST revoke`, 4,000 parameters",
        () -> form(api + "revoke", "a=b&".repeat(LARGEST_SMALL_BODY / 4) + "token=x"));
    add("`POST revoke`, 100 parameters of 160 bytes", () -> form(api + "revoke", parameters()));
    add(
        "`POST revoke`, 1,700 parameters in the query",
        () -> form(api + "revoke?" + "a=b&".repeat(1_700), "token=x"));
    add(
        "`POST revoke`, 100 escaped parameters in the query",
        () -> form(api + "revoke?" + ("%41".repeat(22) + "=&").repeat(MAX_PARAMETERS), "token=x"));
    add(
        "`POST revoke`, unknown token, limited",
        () -> form(api + "revoke", "token=" + unknown()));
    add(
        "`POST revoke`, unknown token, looked up",
        () -> form(api + "revoke", "token=" + unknown(), elsewhere()));
    add("`POST revoke?%zz`", () -> form(api + "revoke?%zz", ""));
    add(
        "`POST token`, unknown token, limited",
        () -> form("/api/auth/v1/token", refresh(unknownPersonal())));
    add(
        "`POST token`, unknown token, looked up",
        () -> form("/api/auth/v1/token", refresh(unknownPersonal()), elsewhere()));
    add(
        "`POST token`, unknown grant type",
        () -> form("/api/auth/v1/token", "grant_type=" + a(LONG_BODY)));
    add(
        "`POST token`, unknown grant type, 16,000 bytes",
        () -> form("/api/auth/v1/token", "grant_type=" + a(LARGEST_SMALL_BODY)));
    add(
        "`POST token`, unknown code",
        () ->
            form(
                "/api/auth/v1/token",
                "grant_type=authorization_code&client_id=access-tokens-mint&redirect_uri="
                    + "https://tokens.example/api/access-tokens/personal/mint/callback&code="
                    + key()
                    + "&code_verifier="
                    + key()));
    add(
        "`GET authorize`, unknown state",
        () ->
            get(
                "/api/auth/v1/authorize?response_type=code&client_id=access-tokens-mint&scope=a&state="
                    + key()
                    + "&code_challenge="
                    + key()
                    + "&code_challenge_method=S256&redirect_uri="
                    + "https://tokens.example/api/access-tokens/personal/mint/callback"));
    add("`GET session`", () -> get(api + "session"));
    add("`GET session`, unknown session", () -> get(api + "session", session()));
    add("`POST session`, not JSON", () -> json(api + "session", a(LONG_BODY)));
    add(
        "`POST session`, nested JSON",
        () -> json(api + "session", "[".repeat(LONG_BODY / 2) + "]".repeat(LONG_BODY / 2)));
    add(
        "`POST session`, 9,000 members",
        () -> json(api + "session", "{" + "\"a\":[{}],".repeat(9_000) + "\"b\":1}"));
    add("`POST session`, not JSON, 16,000 bytes", () -> json(api + "session", a(LARGEST_SMALL_BODY)));
    add(
        "`POST session`, nested JSON, 16,000 bytes",
        () -> json(api + "session", "[".repeat(LARGEST_SMALL_BODY / 2) + "]".repeat(LARGEST_SMALL_BODY / 2)));
    add(
        "`POST session`, 1,700 distinct members",
        () -> json(api + "session", "{" + members(1_700) + "\"b\":1}"));
    add(
        "`POST session`, name of 2,600 combining marks",
        () ->
            json(
                api + "session",
                "{\"username\":\"" + "\\u0301".repeat(2_600) + "\",\"password\":\"x\"}"));
    add(
        "`POST session`, wrong password, limited",
        () -> json(api + "session", "{\"username\":\"erin\",\"password\":\"wrong\"}"));
    add("`GET session/oidc`", () -> get(api + "session/oidc?to=/" + a(1_000)));
    add("`GET session/oidc/callback`", () -> get(api + "session/oidc/callback?state=x&code=y"));
    add(
        "`GET session/oidc/callback`, 1,700 parameters",
        () -> get(api + "session/oidc/callback?" + "a=b&".repeat(1_700)));
    add("`POST service`, 99,000 bytes", () -> json(api + "service", "{\"a\":\"" + a(LONG_BODY)));
    String token = api + "service/00000000-0000-4000-8000-000000000000";
    String description = "{\"description\":\"" + a(LONG_BODY);
    add("`PATCH service/{id}`, 99,000 bytes", () -> json(token, description).replaceFirst("POST", "PATCH"));
    add("`POST service/{id}/rotate`, 99,000 bytes", () -> json(token + "/rotate", description));
    add("`DELETE service/{id}/previous-secret`", () -> head("DELETE", token + "/previous-secret") + "\r\n");
    add("`POST rotate`, 99,000 bytes", () -> json(api + "rotate", description));
    add("`GET notices`, `limit=500`", () -> get(api + "notices?limit=500"));
    add("`POST personal/mint`", () -> json(api + "personal/mint", "{\"name\":\"x\"}"));
    add("`GET openapi.json`", () -> get("/api/openapi.json"));
    add("`GET openapi.json`, gzip", () -> get("/api/openapi.json", "Accept-Encoding: gzip"));
    add("`GET openapi.json`, 304", () -> get("/api/openapi.json", "If-None-Match: *"));
    for (String page : List.of("/", "/sign-in", "/admin/access-tokens", "/settings/personal-tokens", "/x")) {
      add("`GET " + page + "`", () -> get(page));
    }
    add("`GET /assets/app.css`", () -> get(assets + "/app.css"));
    add("`GET /assets/list.js`, gzip", () -> get(assets + "/list.js", "Accept-Encoding: gzip"));
    add(
        "`GET /assets/list.js`, 1,000 ranges",
        () -> get(assets + "/list.js", "Range: bytes=0-1" + ",0-1,3-9".repeat(850)));
    add(
        "`GET /assets/list.js`, 1,000 entity tags",
        () -> get(assets + "/list.js", "If-None-Match: \"a\"" + ",\"abc\"".repeat(1_100)));
    add("`GET /health/live`", () -> get("/health/live"));
    add("`GET /health/ready`", () -> get("/health/ready"));
    add("metadata", () -> get("/.well-known/oauth-authorization-server/api/auth"));
    add("metadata below the API", () -> get("/api/auth/.well-known/openid-configuration"));
    add("key set", () -> get("/api/auth/.well-known/jwks.json"));
    add("unknown path", () -> get("/api/" + a(20)));
    add("unknown path of 3,500 segments", () -> get("/api" + "/a".repeat(3_500)));
    add("7,000 slashes", () -> get("/api/access-tokens" + "/".repeat(LONG)));
    add("7,000 slashes outside the API", () -> get("/assets" + "/".repeat(LONG)));
    add("7,000 escapes and dots", () -> get("/api/" + "%2e/".repeat(LONG / 4)));
    add("1,700 matrix parameters", () -> get(api + "whoami" + ";a=b".repeat(1_700)));
    add(
        "32 matrix parameters of 210 bytes",
        () -> get(api + "whoami" + (";a=" + a(207)).repeat(MAX_SEMICOLONS)));
    add("1,700 parameters", () -> get(api + "whoami?" + "a=b&".repeat(1_700)));
    add("query of 7,000 escapes", () -> get(api + "service?status=" + "%41".repeat(LONG / 3)));
    for (String method : List.of("HEAD", "OPTIONS", "TRACE", "PUT", "PROPFIND")) {
      add("`" + method + " whoami`", () -> head(method, api + "whoami") + "\r\n");
    }
    add("`OPTIONS` of every route", () -> head("OPTIONS", "/api/access-tokens/service") + "\r\n");
    add(
        "preflight (CORS)",
        () ->
            get(api + "service", "Origin: https://evil.example", "Access-Control-Request-Method: X")
                .replaceFirst("GET", "OPTIONS"));
  }

  private void headers() {
    header("Accept", "1,700 ranges", "a/b,".repeat(LONG / 4));
    header("Accept", "700 ranges with weights", "a/b;q=0.1,".repeat(LONG / 10));
    header("Accept", "1,700 parameters", "a/b" + ";a=b".repeat(1_700));
    header("Accept", "spaces", "a/b;" + " ".repeat(3_500) + ";" + " ".repeat(3_400) + "(");
    header("Accept", "quoted string", "a/b;a=\"" + "\\a".repeat(3_400));
    header("Accept-Encoding", "2,300 codings", "gz,".repeat(2_300));
    header("Accept-Language", "1,700 languages", "en-,".repeat(1_700));
    header("Accept-Charset", "1,700 charsets", "utf,".repeat(1_700));
    header("Content-Type", "spaces", "a/b;" + " ".repeat(3_500) + ";" + " ".repeat(3_400) + "(");
    header("Content-Type", "1,700 parameters", "a/b" + ";a=b".repeat(1_700));
    header("Authorization", "malformed token", "Bearer bsat_nonsense");
    header("Authorization", "7,000 characters", "Bearer " + a(LONG));
    header("Authorization", "spaces", "Bearer" + " ".repeat(LONG) + "x");
    header("Authorization", "unknown scheme", a(LONG) + " x");
    header("Authorization", "Basic of 7,000 characters", "Basic " + a(LONG));
    header("Authorization", "Basic, malformed", "Basic " + "%".repeat(LONG));
    header("Authorization", "Basic, wrong password, limited", "Basic " + base64("erin:wrong"));
    header("Authorization", "JWT of 3,500 segments", "Bearer " + "a.".repeat(3_500));
    header("Cookie", "1,700 pairs", "a=b;".repeat(1_700));
    header("Cookie", "malformed", "=;\"" + "\\\"".repeat(3_400));
    header("Cookie", "130 sessions", (session().substring("Cookie: ".length()) + ";").repeat(100));
    header("Origin", "7,000 characters", "https://" + a(LONG));
    header("Forwarded", "350 hops", "for=10.0.0.1;proto=a,".repeat(LONG / 21));
    header("Forwarded", "quoted string", "for=\"" + "\\a".repeat(3_400));
    header("X-Forwarded-For", "800 hops", "10.0.0.1,".repeat(LONG / 9) + "192.0.2.1");
    header("X-Forwarded-For", "170 hops by IPv6", hops("2001:db8:1:2:3:4:5:6,") + "192.0.2.1");
    header("X-Forwarded-For", "7,000 characters", a(LONG));
    header("X-Forwarded-Host", "7,000 characters", a(LONG));
    header("If-None-Match", "2,300 entity tags", "\"\",".repeat(2_300));
    header("If-Modified-Since", "7,000 characters", a(LONG));
    header("Range", "1,700 ranges", "bytes=" + "0-1,".repeat(1_700));
    header("Expect", "100-continue", "100-continue");
    header("Expect", "7,000 characters", a(LONG));
    header("Idempotency-Key", "7,000 characters", a(LONG));
    header("User-Agent", "7,000 characters", a(LONG));
    header("Upgrade", "h2c", "h2c\r\nConnection: Upgrade");
    header("traceparent", "7,000 characters", a(LONG));
    header("Sec-Fetch-Site", "7,000 characters", a(LONG));
    header("Content-Length", "no number", a(LONG));
    header("Content-Length", "more than 100 KB", "2147483647");
    header("Transfer-Encoding", "unknown", a(LONG));
    add(
        "`Host`: 7,000 characters",
        () -> "GET /api/access-tokens/whoami HTTP/1.1\r\nHost: " + a(LONG) + "\r\n\r\n");
    add(
        "90 header fields",
        () -> get("/api/access-tokens/whoami", "a: b\r\n".repeat(88) + "a: b"));
    add("7,000 bytes of one header field", () -> get("/api/access-tokens/whoami", "a: " + a(LONG)));
    add("head of 9,000 bytes", () -> get("/api/access-tokens/whoami", "a: " + a(9_000)));
  }

  private void tokens(String keyId, String jwtIssuer) {
    String whoami = "/api/access-tokens/whoami";
    add("unknown token, limited", () -> get(whoami, "Authorization: Bearer " + unknown()));
    add(
        "unknown token, looked up",
        () -> get(whoami, "Authorization: Bearer " + unknown(), elsewhere()));
    String own = "https://tokens.example/api/auth";
    jwt("own issuer, wrong signature, limited", "ES256", "at+jwt", keyId, own, 64);
    jwt("own issuer, unknown key", "ES256", "at+jwt", "x", own, 64);
    jwt("trusted issuer, wrong signature, limited", "ES256", "JWT", "es", jwtIssuer, 64);
    jwt("trusted issuer, wrong signature, limited", "RS256", "JWT", "rs", jwtIssuer, 256);
    jwt("trusted issuer, unknown key", "RS256", "JWT", "x", jwtIssuer, 256);
    jwt("other issuer", "RS256", "JWT", "x", "https://other.example", 256);
    String nested = "{\"iss\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}";
    String header = base64("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}");
    bearer("JWT, nested claims", header + '.' + base64(nested) + ".AAAA");
    bearer("JWT, nested header", base64(nested) + '.' + header + ".AAAA");
    String members = "{" + "\"a\":[{}],".repeat(500) + "\"iss\":\"" + own + "\"}";
    bearer("JWT, 500 claims", header + '.' + base64(members) + ".AAAA");
    add(
        "`POST revoke`, JWT with a wrong signature, limited",
        () ->
            form(
                "/api/access-tokens/revoke",
                "token=" + signed("ES256", "at+jwt", keyId, own, 64)));
  }

  private void jwt(
      String name, String algorithm, String type, String keyId, String issuer, int signature) {
    bearer(
        "JWT (" + algorithm + "), " + name, signed(algorithm, type, keyId, issuer, signature));
  }

  private static String signed(
      String algorithm, String type, String keyId, String issuer, int signature) {
    byte[] wrong = new byte[signature];
    ThreadLocalRandom.current().nextBytes(wrong);
    wrong[0] = 1;
    return base64(
            "{\"alg\":\"" + algorithm + "\",\"typ\":\"" + type + "\",\"kid\":\"" + keyId + "\"}")
        + '.'
        + base64(
            "{\"iss\":\""
                + issuer
                + "\",\"sub\":\"user:default/erin\",\"aud\":\"budget\",\"exp\":32503680000}")
        + '.'
        + Base64.getUrlEncoder().withoutPadding().encodeToString(wrong);
  }

  private void bearer(String name, String token) {
    String request = get("/api/access-tokens/whoami", "Authorization: Bearer " + token);
    add(name, () -> request);
  }

  private void header(String field, String name, String value) {
    String request = get("/api/access-tokens/whoami", field + ": " + value);
    add("`" + field + "`: " + name, () -> request);
  }

  private void add(String name, Supplier<String> request) {
    if (requests.put(name, request) != null) {
      throw new IllegalArgumentException("two rows are called " + name);
    }
  }

  private static String a(int length) {
    return "a".repeat(length);
  }

  private static String hops(String hop) {
    return hop.repeat(LONG / hop.length() / 2);
  }

  private static String parameters() {
    StringBuilder parameters = new StringBuilder();
    for (int i = 0; i < MAX_PARAMETERS - 1; i++) {
      parameters.append(i).append("=%41").append(a(150)).append('&');
    }
    return parameters.append("token=x").toString();
  }

  private static String members(int count) {
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < count; i++) {
      members.append('"').append(i).append("\":1,");
    }
    return members.toString();
  }

  private static String scopes() {
    return ("a:b+".repeat(500)).substring(0, 1_999);
  }

  private static String refresh(String token) {
    return "grant_type=refresh_token&refresh_token=" + token;
  }

  private static String unknown() {
    return RawTokenFormat.DEFAULT
        .create(RawToken.Kind.SERVICE, ThreadLocalRandom.current())
        .reveal();
  }

  private static String unknownPersonal() {
    return RawTokenFormat.DEFAULT
        .create(RawToken.Kind.PERSONAL, ThreadLocalRandom.current())
        .reveal();
  }

  private static String key() {
    byte[] bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String session() {
    return "Cookie: __Host-access-tokens-session=" + key() + "; access-tokens-session=" + key();
  }

  /** Returns a header with a new client address, as the trusted proxy would send it. */
  private static String elsewhere() {
    int address = ThreadLocalRandom.current().nextInt();
    return "X-Forwarded-For: 198."
        + (address >> 16 & 0xFF)
        + '.'
        + (address >> 8 & 0xFF)
        + '.'
        + (address & 0xFF);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String head(String method, String path) {
    return method + ' ' + path + " HTTP/1.1\r\nHost: " + host + ':' + port + "\r\n";
  }

  private String get(String path, String... headers) {
    StringBuilder request = new StringBuilder(head("GET", path));
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return request.append("\r\n").toString();
  }

  private String form(String path, String body, String... headers) {
    return post(path, "application/x-www-form-urlencoded", body, headers);
  }

  private String json(String path, String body, String... headers) {
    return post(path, "application/json", body, headers);
  }

  private String post(String path, String type, String body, String... headers) {
    StringBuilder request = new StringBuilder(head("POST", path));
    request.append("Content-Type: ").append(type).append("\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return request
        .append("Content-Length: ")
        .append(body.length())
        .append("\r\n\r\n")
        .append(body)
        .toString();
  }

  private boolean run() throws Exception {
    Supplier<String> plain = requests.remove(PLAIN);
    for (Map.Entry<String, Supplier<String>> request : requests.entrySet()) {
      measure(request.getKey(), request.getValue(), 0, WARM_UP, 3);
    }
    // Takes the minimum of several rounds, because JIT compilation can add time to any row.
    Row least = measure(PLAIN, plain, seconds, Long.MAX_VALUE, Double.MAX_VALUE);
    Map<String, Row> rows = new LinkedHashMap<>();
    for (int round = 1; round <= ROUNDS; round++) {
      for (Map.Entry<String, Supplier<String>> request : requests.entrySet()) {
        String name = request.getKey();
        if (name.endsWith(LIMITED)) {
          exhaust(request.getValue());
        }
        measure(name, request.getValue(), seconds / 2, 20_000, 5);
        Row row = measure(name, request.getValue(), seconds, Long.MAX_VALUE, Double.MAX_VALUE);
        rows.merge(name, row, Budget::cheaper);
        System.err.printf(
            Locale.ROOT,
            "round %d of %d: %6.0f µs, %d requests, %s%n",
            round,
            ROUNDS,
            row.micros(),
            row.requests(),
            name);
      }
      least = cheaper(least, measure(PLAIN, plain, seconds, Long.MAX_VALUE, Double.MAX_VALUE));
    }
    boolean kept = print(least, List.copyOf(rows.values()));
    if (passwords) {
      admitted(least);
    }
    return kept;
  }

  /** Sends more requests than the limit per minute, because the limit refills in the meantime. */
  private void exhaust(Supplier<String> request) throws IOException {
    int limited = 0;
    for (int i = 0; i < MAX_TO_EXHAUST && limited < 20; i++) {
      limited = send(request.get()) == 429 ? limited + 1 : 0;
    }
    for (int i = 0; i < LARGEST_LIMIT; i++) {
      send(request.get());
    }
  }

  private static Row cheaper(Row one, Row other) {
    return one.micros() <= other.micros() ? one : other;
  }

  /**
   * Prints the cost of requests that the rate limits admit.
   *
   * <p>Password checks and elliptic-curve signatures are expensive by nature. Limits bound their
   * number at a time or per minute, so they have no row in the table.
   */
  private void admitted(Row plain) throws Exception {
    Supplier<String> forged =
        () ->
            get(
                "/api/access-tokens/whoami",
                "Authorization: Bearer " + signed("ES256", "JWT", "es", jwtIssuer, 64),
                elsewhere());
    measure("", forged, seconds, 20_000, 10);
    Row signature = measure("", forged, seconds, Long.MAX_VALUE, 10);
    System.out.printf(
        Locale.ROOT,
        "%nA wrong signature (ES256) within the limit of 600 a minute and address takes %.1f ms,%n"
            + "which is %.1f times a plain 401.%n",
        signature.micros() / 1_000,
        signature.micros() / plain.micros());
    Row alone = measure("", this::guess, 0, 10, 30);
    System.out.printf(
        Locale.ROOT,
        "%nA wrong password that is checked (PBKDF2) takes %.0f ms.%n",
        alone.micros() / 1_000);
    Map<Integer, Long> statuses = new ConcurrentHashMap<>();
    double begun = cpuSeconds();
    long start = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      threads.add(new Thread(() -> guessFor(FLOOD_SECONDS, statuses)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    double took = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "In a flood of them on %d connections, each with another name and address, %.1f a second%n"
            + "are checked, %.0f a second are answered 503, and the server uses %.2f cores.%n",
        CONNECTIONS,
        statuses.getOrDefault(401, 0L) / took,
        statuses.getOrDefault(503, 0L) / took,
        (cpuSeconds() - begun) / took);
  }

  private void guessFor(int forSeconds, Map<Integer, Long> statuses) {
    Budget own = new Budget(pid, host, port, seconds);
    long end = System.nanoTime() + forSeconds * 1_000_000_000L;
    try {
      while (System.nanoTime() < end) {
        statuses.merge(own.send(guess()), 1L, Long::sum);
      }
      own.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String guess() {
    return get(
        "/api/access-tokens/whoami",
        "Authorization: Basic " + base64(key() + ":wrong"),
        elsewhere());
  }

  private static boolean print(Row plain, List<Row> rows) {
    System.out.println("| request | CPU, µs | times a plain 401 | responses |");
    System.out.println("|---|---:|---:|---|");
    print(plain, plain.micros());
    rows.stream()
        .sorted(Comparator.comparingDouble(Row::micros).reversed())
        .forEach(row -> print(row, plain.micros()));
    List<String> above =
        rows.stream().filter(row -> row.micros() > BOUND * plain.micros()).map(Row::name).toList();
    System.out.println();
    System.out.println(
        above.isEmpty()
            ? "No row is above " + (int) BOUND + "."
            : "Above " + (int) BOUND + ": " + String.join("; ", above) + ".");
    return above.isEmpty();
  }

  private static void print(Row row, double plain) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.1f | %s |%n",
        row.name(),
        row.micros(),
        row.micros() / plain,
        String.join(
            ", ",
            row.statuses().keySet().stream().map(status -> status == 0 ? "none" : "" + status)
                .toList()));
  }

  /**
   * Sends requests until one bound is reached: CPU seconds of the server, requests or wall seconds.
   */
  private Row measure(
      String name, Supplier<String> request, double cpu, long most, double wall)
      throws Exception {
    Map<Integer, Long> statuses = new TreeMap<>();
    boolean limited = name.endsWith(LIMITED);
    double limit = Math.min(wall, 10);
    long start = System.nanoTime();
    long end = start + (long) (limit * 1e9);
    long sent = 0;
    double used = 0;
    do {
      Map<Integer, Long> batch = new TreeMap<>();
      double begun = cpuSeconds();
      int size = 0;
      for (; size < 20 && (size == 0 || System.nanoTime() < end); size++) {
        batch.merge(send(request.get()), 1L, Long::sum);
      }
      // Skips these batches, because a limit admits some requests each minute by design.
      if (!limited || batch.keySet().equals(Set.of(429))) {
        used += cpuSeconds() - begun;
        sent += size;
        batch.forEach((status, count) -> statuses.merge(status, count, Long::sum));
      }
    } while (sent < most && (cpu == 0 || used < cpu) && System.nanoTime() < end);
    return new Row(name, sent, used / Math.max(1, sent) * 1e6, statuses);
  }

  private double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc", pid, "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  /** Returns the status of the response, or 0 if the connection ended without a response. */
  private int send(String request) throws IOException {
    for (int i = 0; i < 2; i++) {
      boolean fresh = socket == null;
      try {
        if (fresh) {
          socket = new Socket(host, port);
          socket.setTcpNoDelay(true);
          socket.setSoTimeout(20_000);
          in = new BufferedInputStream(socket.getInputStream(), 65_536);
        }
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return receive(request.startsWith("HEAD"));
      } catch (SocketTimeoutException e) {
        close();
        return 0;
      } catch (EOFException | SocketException e) {
        close();
        if (fresh) {
          return 0;
        }
      }
    }
    throw new IOException("unreachable");
  }

  private int receive(boolean head) throws IOException {
    String line = line();
    int status = Integer.parseInt(line.substring(9, 12));
    long length = -1;
    boolean chunked = false;
    boolean last = false;
    for (line = line(); !line.isEmpty(); line = line()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).trim());
      }
      chunked |= lower.startsWith("transfer-encoding:");
      last |= lower.equals("connection: close");
    }
    if (status == 100) {
      return receive(head);
    }
    if (head || status == 204 || status == 304) {
      length = 0;
    } else if (chunked) {
      for (long size = chunk(); size > 0; size = chunk()) {
        in.skipNBytes(size + 2);
      }
      line();
      length = 0;
    }
    if (length < 0) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      last = true;
    } else {
      in.skipNBytes(length);
    }
    if (last) {
      close();
    }
    return status;
  }

  private long chunk() throws IOException {
    return Long.parseLong(line().split(";", 2)[0].trim(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  private void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
