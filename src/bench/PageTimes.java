import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the list of service tokens in a real Chromium, by the browser's own clock.
 *
 * <ul>
 *   <li>Navigation: from its start to the first rows.
 *   <li>A change of filter, order or page: from the change to the new rows.
 *   <li>A first visit over a slow network: from the start of the navigation to the first paint.
 * </ul>
 */
class PageTimes {

  private static final int ROUNDS = 11;

  /** Navigations before the first measurement. Until then, the server compiles much of its code. */
  private static final int WARM_UP = 20;

  private static final Pattern VALUE = Pattern.compile("\"value\":(\"(?:[^\"\\\\]|\\\\.)*\"|[-0-9.]+)");

  private static final Pattern ADDRESS = Pattern.compile("\"webSocketDebuggerUrl\": \"([^\"]+)\"");

  private final WebSocket socket;
  private final Answers answers;
  private int number;

  private PageTimes(WebSocket socket, Answers answers) {
    this.socket = socket;
    this.answers = answers;
  }

  public static void main(String[] args) throws Exception {
    String url = args[0];
    Path profile = Files.createTempDirectory("page-times-");
    Process chromium =
        new ProcessBuilder(
                "chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--disable-quic",
                "--disable-dev-shm-usage", "--window-size=1280,900",
                "--remote-debugging-port=0", "--user-data-dir=" + profile)
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("log").toFile())
            .start();
    try {
      connect(profile).measure(url);
    } finally {
      // The program is a shell script, and the browser is its child.
      chromium.descendants().forEach(ProcessHandle::destroy);
      chromium.destroy();
      chromium.waitFor();
    }
  }

  private static PageTimes connect(Path profile) throws Exception {
    Path file = profile.resolve("DevToolsActivePort");
    for (int i = 0; i < 300 && !Files.exists(file); i++) {
      Thread.sleep(50);
    }
    Thread.sleep(50);
    String port = Files.readAllLines(file).get(0);
    HttpClient client = HttpClient.newHttpClient();
    URI newPage = URI.create("http://127.0.0.1:" + port + "/json/new?about:blank");
    String target =
        client
            .send(
                HttpRequest.newBuilder(newPage).PUT(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Matcher page = ADDRESS.matcher(target);
    if (!page.find()) {
      throw new IOException("no page in " + target);
    }
    Answers answers = new Answers();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(URI.create(page.group(1)), answers).get();
    return new PageTimes(socket, answers);
  }

  private void measure(String url) throws Exception {
    call("Page.enable", "{}");
    call(
        "Page.addScriptToEvaluateOnNewDocument",
        "{\"source\":"
            + quote(
                "new MutationObserver((_, observer) => {"
                    + " if (document.querySelector('tr[data-id]')) {"
                    + "   observer.disconnect();"
                    + "   requestAnimationFrame(() => { window.firstRows = performance.now(); }); }"
                    + "}).observe(document, {childList: true, subtree: true});")
            + "}");
    go(url + "/sign-in");
    evaluate(
        "fetch('api/access-tokens/session', {method: 'POST', body: JSON.stringify({username:"
            + " 'alice', password: 'alice'}), headers: {'Content-Type': 'application/json',"
            + " 'X-Requested-With': 'bench'}}).then(it => it.status)");
    String list = url + "/admin/access-tokens";
    for (int i = 0; i < WARM_UP; i++) {
      navigation(list);
    }
    System.out.println("| what | median, ms | worst, ms |");
    System.out.println("|---|---:|---:|");
    report("navigation to first rows", () -> navigation(list));
    report("the same, searched", () -> navigation(list + "?q=token-777"));
    report("the same, sorted by last use", () -> navigation(list + "?sort=-lastUsedAt"));
    navigation(list);
    report("next page", () -> change("[...document.querySelectorAll('a[rel=next]')].at(-1).click()"));
    report("sort by name, and back", () -> change("document.querySelector('a[data-sort=name]').click()"));
    navigation(list);
    String[] statuses = {"revoked", "active", "expiring", "expired", ""};
    int[] turn = {0};
    report(
        "filter by status",
        () -> change(set("#filter-status", statuses[turn[0]++ % statuses.length])));
    navigation(list);
    report("search as one types", () -> change(set("#filter-q", "token-" + (turn[0]++ * 37))));
    navigation(list + "?offset=9000");
    report("a page at offset 9,000", () -> change("[...document.querySelectorAll('a[rel=next]')].at(-1).click()"));
    slowNetwork(400);
    report("first paint, 400 kbit/s, 400 ms a request", () -> firstPaint(list));
    slowNetwork(2000);
    report("first paint, profile Slow 3G", () -> firstPaint(list));
  }

  private static String set(String selector, String value) {
    return "{ const it = document.querySelector('" + selector + "'); it.value = '" + value
        + "'; it.dispatchEvent(new Event('input', {bubbles: true})); }";
  }

  /**
   * Returns the milliseconds from the start of a navigation to the frame that shows the first rows.
   */
  private double navigation(String url) throws Exception {
    go(url);
    return Double.parseDouble(
        evaluate(
            "new Promise(done => { const look = () => window.firstRows ? done(window.firstRows)"
                + " : setTimeout(look, 5); look(); })"));
  }

  /**
   * Slows the network down, and turns off the cache of earlier visits.
   *
   * @param latency the milliseconds from a request to its response. The profile "Slow 3G" of Chrome's
   *     developer tools has 2,000, five times the round trip of such a network, because it does not
   *     delay the requests of a page by the round trips of a new connection.
   */
  private void slowNetwork(int latency) throws Exception {
    call("Network.enable", "{}");
    call("Network.setCacheDisabled", "{\"cacheDisabled\":true}");
    call(
        "Network.emulateNetworkConditions",
        "{\"offline\":false,\"latency\":" + latency
            + ",\"downloadThroughput\":50000,\"uploadThroughput\":50000}");
  }

  /** Returns the milliseconds from the start of a navigation to the first contentful paint. */
  private double firstPaint(String url) throws Exception {
    go(url);
    return Double.parseDouble(
        evaluate(
            "new Promise(done => { const look = () => {"
                + " const paint = performance.getEntriesByName('first-contentful-paint')[0];"
                + " paint ? done(paint.startTime) : setTimeout(look, 5); }; look(); })"));
  }

  /** Returns the milliseconds from a change to the frame that shows other rows. */
  private double change(String script) throws Exception {
    return Double.parseDouble(
        evaluate(
            "new Promise(done => { const start = performance.now();"
                + " new MutationObserver((_, observer) => { observer.disconnect();"
                + "   requestAnimationFrame(() => done(performance.now() - start)); })"
                + "   .observe(document.querySelector('tbody'), {childList: true});"
                + script
                + " })"));
  }

  private void report(String what, Measured measured) throws Exception {
    measured.millis();
    measured.millis();
    double[] times = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      times[i] = measured.millis();
    }
    Arrays.sort(times);
    System.out.printf("| %s | %.0f | %.0f |%n", what, times[ROUNDS / 2], times[ROUNDS - 1]);
  }

  private interface Measured {
    double millis() throws Exception;
  }

  private void go(String url) throws Exception {
    answers.loaded = new CompletableFuture<>();
    call("Page.navigate", "{\"url\":" + quote(url) + "}");
    answers.loaded.get(60, TimeUnit.SECONDS);
  }

  private String evaluate(String script) throws Exception {
    String answer =
        call(
            "Runtime.evaluate",
            "{\"awaitPromise\":true,\"returnByValue\":true,\"expression\":" + quote(script) + "}");
    Matcher value = VALUE.matcher(answer);
    if (!value.find()) {
      throw new IOException(script + ": " + answer);
    }
    return value.group(1);
  }

  private String call(String method, String parameters) throws Exception {
    answers.expected = new CompletableFuture<>();
    answers.id = ++number;
    socket
        .sendText(
            "{\"id\":" + number + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}", true)
        .get();
    return answers.expected.get(60, TimeUnit.SECONDS);
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static final class Answers implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();
    volatile CompletableFuture<String> expected = new CompletableFuture<>();
    volatile CompletableFuture<String> loaded = new CompletableFuture<>();
    volatile int id;

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        String message = text.toString();
        text.setLength(0);
        if (message.startsWith("{\"id\":" + id + ",")) {
          expected.complete(message);
        } else if (message.contains("\"Page.loadEventFired\"")) {
          loaded.complete(message);
        }
      }
      socket.request(1);
      return null;
    }
  }
}
