package io.accesstokens.testing.client;

import io.accesstokens.testing.time.RunningTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Calls the application with the credentials of one caller. Immutable and thread-safe.
 *
 * <p>The client sends no Accept header and no cookies unless a test sets them. The client follows
 * no redirects.
 *
 * <p>A busy machine can stop all processes during a request, for longer than the timeouts of the
 * application. If the response is then 503 with {@code Retry-After}, the client waits for that time
 * and repeats the request.
 */
public final class Api {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Maximum number of repetitions of a request after a stop of the machine. */
  private static final int MAX_REPETITIONS = 3;

  private static final String CONNECTION = "Connection";

  private static volatile HttpClient client = newClient();

  /** HTTP client for requests with {@code Connection: close}. It has no idle connections. */
  private static final HttpClient WITHOUT_IDLE_CONNECTIONS = newClient();

  private final URI base;
  private final Exchanges exchanges;
  private final Map<String, String> headers;

  public Api(URI base, Exchanges exchanges) {
    this(base, exchanges, Map.of());
  }

  private Api(URI base, Exchanges exchanges, Map<String, String> headers) {
    this.base = base;
    this.exchanges = exchanges;
    this.headers = headers;
  }

  /**
   * Returns a client without credentials for a running application.
   *
   * @param base the base URL, without a trailing slash
   */
  public static Api at(URI base) {
    return new Api(base, new Exchanges());
  }

  private static HttpClient newClient() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  /**
   * Abandons the open connections of all callers in this JVM. Later requests open new connections.
   *
   * <p>A server can close an idle connection while a request arrives. The HTTP client then repeats
   * a GET request, but not a POST request. New connections prevent this failure.
   */
  public static void abandonConnections() {
    client = newClient();
  }

  /** Returns the scheme, host and port of the application, without a trailing slash. */
  public String origin() {
    return base.getScheme() + "://" + base.getAuthority();
  }

  /**
   * Returns the path of a location, relative to the context path of the application.
   *
   * @param location a path or URL of the application
   * @throws AssertionError if the location is not below the context path
   */
  public String within(String location) {
    String path = URI.create(location).getPath();
    if (!path.startsWith(base.getPath() + '/')) {
      throw new AssertionError(location + " is not below " + base);
    }
    return path.substring(base.getPath().length());
  }

  /** Returns the recorded responses of the application. */
  public Exchanges exchanges() {
    return exchanges;
  }

  /** Returns a client without credentials for the same application. */
  public Api anonymous() {
    return new Api(base, exchanges);
  }

  /** Returns a client with the credentials of a sample user. The password is the user name. */
  public Api as(String person) {
    return basic(person, person);
  }

  /** Returns a client that authenticates with HTTP Basic (RFC 7617) in UTF-8. */
  public Api basic(String user, String password) {
    byte[] pair = (user + ':' + password).getBytes(StandardCharsets.UTF_8);
    return authorization("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  /** Returns a client that authenticates with a raw token (RFC 6750). */
  public Api bearer(String rawToken) {
    return authorization("Bearer " + rawToken);
  }

  /** Returns a client that sends the given value as its Authorization header. */
  public Api authorization(String value) {
    return with("Authorization", value);
  }

  /**
   * Returns a client that opens a new connection for each request. A request on an idle connection
   * can fail, because the server can close the connection at the same time. The JDK permits the
   * header {@code Connection} only with the system property {@code
   * jdk.httpclient.allowRestrictedHeaders=connection}.
   */
  public Api withNewConnections() {
    return with(CONNECTION, "close");
  }

  private Api with(String header, String value) {
    Map<String, String> changed = new HashMap<>(headers);
    changed.put(header, value);
    return new Api(base, exchanges, changed);
  }

  public ApiResult get(String path) {
    return call("GET", path).send();
  }

  public ApiResult post(String path, String json) {
    return call("POST", path).json(json).send();
  }

  /**
   * Posts a form.
   *
   * @param form the percent-encoded text of the form
   */
  public ApiResult form(String path, String form) {
    return call("POST", path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
        .send();
  }

  public ApiResult delete(String path, String json) {
    return call("DELETE", path).json(json).send();
  }

  /** Creates a request. The caller can change the request before {@link Call#send}. */
  public Call call(String method, String path) {
    Call call = new Call(method, path);
    headers.forEach(call::header);
    return call;
  }

  /** A request. The caller can change the request before {@link #send}. */
  public final class Call {

    private final String method;
    private final String path;
    private final HttpRequest.Builder request;
    private BodyPublisher body = BodyPublishers.noBody();

    private Call(String method, String path) {
      this.method = method;
      this.path = path;
      this.request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT);
    }

    /** Adds a header. */
    public Call header(String name, String value) {
      request.header(name, value);
      return this;
    }

    /** Sets a JSON body and its Content-Type. */
    public Call json(String json) {
      return header("Content-Type", "application/json").body(json);
    }

    /** Sets the body to a text in UTF-8. Does not set a Content-Type. */
    public Call body(String text) {
      return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets the body to the given bytes. Does not set a Content-Type. */
    public Call bytes(byte[] bytes) {
      body = BodyPublishers.ofByteArray(bytes);
      return this;
    }

    /** Sets a body without a Content-Length ({@code Transfer-Encoding: chunked}). */
    public Call chunked(byte[] bytes) {
      body = BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(bytes));
      return this;
    }

    /** Sends the request and waits for the response. */
    public ApiResult send() {
      RunningTime time = RunningTime.start();
      try {
        ApiResult answer = sendOnce();
        for (int i = 0; i < MAX_REPETITIONS && isDueToStop(answer, time); i++) {
          TimeUnit.SECONDS.sleep(Long.parseLong(answer.headerLine("Retry-After")));
          Optional<ApiResult> next = repeat();
          if (next.isEmpty()) {
            return answer;
          }
          answer = next.get().after(answer);
        }
        return answer;
      } catch (IOException e) {
        throw new UncheckedIOException(method + ' ' + path + ": " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }

    private static boolean isDueToStop(ApiResult answer, RunningTime time) {
      return answer.status() == 503
          && answer.header("Retry-After").isPresent()
          && time.wasStopped();
    }

    /**
     * Sends the request again. Returns empty if the connection fails, for example because the
     * server has ended.
     */
    private Optional<ApiResult> repeat() throws IOException, InterruptedException {
      try {
        return Optional.of(sendOnce());
      } catch (HttpTimeoutException e) {
        throw e; // a server that hangs has not ended
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    private ApiResult sendOnce() throws IOException, InterruptedException {
      HttpClient sender = headers.containsKey(CONNECTION) ? WITHOUT_IDLE_CONNECTIONS : client;
      HttpResponse<byte[]> response =
          sender.send(
              request.method(method, body).build(), HttpResponse.BodyHandlers.ofByteArray());
      ApiResult answer =
          new ApiResult(
              method, path, response.statusCode(), response.headers().map(), response.body());
      exchanges.record(answer);
      return answer;
    }
  }
}
