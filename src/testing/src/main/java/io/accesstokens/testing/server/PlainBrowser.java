package io.accesstokens.testing.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A browser without scripts and images. The browser keeps cookies for each host and port, follows
 * redirects one by one, and submits forms.
 */
public final class PlainBrowser {

  private static final Pattern FORM = Pattern.compile("<form[^>]* action=\"([^\"]+)\"");
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int MAX_REDIRECTS = 10;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Map<String, String>> cookies = new HashMap<>();

  /** A response and the requested URL. */
  public record Page(URI address, int status, Map<String, List<String>> headers, String text) {

    public Optional<String> header(String name) {
      return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** Returns the target URL of a redirect. Fails if the response has no Location header. */
    public URI location() {
      return address.resolve(header("location").orElseThrow(() -> new AssertionError(this)));
    }
  }

  /** Requests a URL like a browser that navigates. Does not follow redirects. */
  public Page visit(URI address) {
    return send("GET", address, Map.of("Sec-Fetch-Mode", "navigate"), "");
  }

  /** Sends a request without a body, like a script of a page. */
  public Page request(String method, URI address, Map<String, String> headers) {
    return send(method, address, headers, "");
  }

  /**
   * Follows up to ten redirects. Stops at a response that is not a redirect. Also stops before a
   * target that starts with {@code until}.
   */
  public Page follow(Page page, String until) {
    Page current = page;
    for (int i = 0; i < MAX_REDIRECTS && current.status() / 100 == 3; i++) {
      if (current.location().toString().startsWith(until)) {
        return current;
      }
      current = visit(current.location());
    }
    return current;
  }

  /** Submits the only form of a page with the given fields, and returns the response. */
  public Page submit(Page page, Map<String, String> fields) {
    Matcher form = FORM.matcher(page.text());
    if (!form.find()) {
      throw new AssertionError("no form in " + page);
    }
    URI action = page.address().resolve(form.group(1).replace("&amp;", "&"));
    return send(
        "POST",
        action,
        Map.of(
            "Content-Type",
            "application/x-www-form-urlencoded",
            "Origin",
            action.getScheme() + "://" + action.getAuthority(),
            "Sec-Fetch-Mode",
            "navigate"),
        KeycloakServer.form(fields));
  }

  /**
   * Returns the Cookie header for a request to this URL. The header is empty if there are no
   * cookies.
   */
  public String cookies(URI address) {
    return cookies.getOrDefault(address.getAuthority(), Map.of()).entrySet().stream()
        .map(cookie -> cookie.getKey() + '=' + cookie.getValue())
        .collect(Collectors.joining("; "));
  }

  private Page send(String method, URI address, Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    if (!cookies(address).isEmpty()) {
      request.header("Cookie", cookies(address));
    }
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      answer.headers().allValues("Set-Cookie").forEach(cookie -> keep(address, cookie));
      return new Page(address, answer.statusCode(), answer.headers().map(), answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(address.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void keep(URI address, String cookie) {
    String[] pair = cookie.split(";", 2)[0].split("=", 2);
    Map<String, String> ofHost =
        cookies.computeIfAbsent(address.getAuthority(), host -> new HashMap<>());
    if (cookie.contains("Max-Age=0")) {
      ofHost.remove(pair[0]);
    } else {
      ofHost.put(pair[0], pair[1]);
    }
  }
}
