package io.accesstokens.login;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import io.accesstokens.verify.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests to an OpenID provider. Each request returns a whole response within {@link
 * #PATIENCE} or fails. Redirects are not followed, and the length of a response is bounded.
 */
final class OpenIdConnections implements HTTPRequestSender, ResourceRetriever, AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(4);

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration STOP = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 512 * 1024;

  /** The maximum number of concurrent requests. {@link OpenIdDiscovery} admits fewer than this. */
  private static final int MOST_THREADS = 32;

  private final DaemonThreads threads = new DaemonThreads("access-tokens-openid");
  private final DaemonThreads clientThreads = new DaemonThreads("access-tokens-openid-client");
  private final ExecutorService executor =
      new ThreadPoolExecutor(
          0, MOST_THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
  private final ExecutorService clientExecutor = Executors.newCachedThreadPool(clientThreads);
  private final HttpClient client;

  OpenIdConnections() {
    // The thread of the client ends when the client is garbage-collected, which is after the end of
    // the application. Until then, it must not retain the class loader of the application.
    Thread current = Thread.currentThread();
    ClassLoader application = current.getContextClassLoader();
    current.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(CONNECT)
              .executor(clientExecutor)
              .build();
    } finally {
      current.setContextClassLoader(application);
    }
  }

  /**
   * Returns the body of a response to GET.
   *
   * @throws IOException if the request fails or the status is not 200
   */
  String get(URI uri) throws IOException {
    Answer answer = send(HttpRequest.newBuilder(uri).header("Accept", "application/json").build());
    if (answer.status() != HTTPResponse.SC_OK) {
      throw new IOException("the answer has status " + answer.status());
    }
    return answer.body();
  }

  @Override
  public Resource retrieveResource(URL url) throws IOException {
    return new Resource(get(URI.create(url.toString())), "application/json");
  }

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    HttpRequest.Builder sent =
        HttpRequest.newBuilder(request.getURI())
            .method(
                request.getMethod().name(),
                request.getMethod() == HTTPRequest.Method.POST
                    ? HttpRequest.BodyPublishers.ofString(request.getBody())
                    : HttpRequest.BodyPublishers.noBody());
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> sent.header(name, value)));
    sent.setHeader("Accept", "application/json");
    Answer answer = send(sent.build());
    HTTPResponse response = new HTTPResponse(answer.status());
    try {
      response.setContentType(answer.contentType());
    } catch (ParseException e) {
      throw new IOException("the answer's media type is malformed", e);
    }
    response.setBody(answer.body());
    return response;
  }

  private record Answer(int status, String contentType, String body) {}

  /**
   * Sends a request with a deadline for the whole response. The timeout of the client covers only
   * the headers, so a body that arrives slowly would exceed it.
   */
  private Answer send(HttpRequest request) throws IOException {
    Future<Answer> answer;
    try {
      answer = executor.submit(() -> exchange(request));
    } catch (RejectedExecutionException e) {
      throw new IOException(
          "too many requests wait for the provider, or the server is stopping", e);
    }
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no whole answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopping", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private Answer exchange(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      byte[] bytes = body.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("the answer is longer than " + MAX_BYTES + " bytes");
      }
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse("application/octet-stream"),
          new String(bytes, StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    threads.end(executor, STOP);
    clientThreads.end(clientExecutor, STOP);
  }
}
