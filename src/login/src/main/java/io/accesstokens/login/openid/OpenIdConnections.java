package io.accesstokens.login.openid;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import io.accesstokens.auth.remote.BoundedHttpClient;
import io.accesstokens.login.PublishedKeys;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.FailureReason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Sends requests to an OpenID provider. Each request returns a complete response within a timeout,
 * or throws an exception. Redirects are not followed, and the length of a response is bounded.
 */
final class OpenIdConnections implements HTTPRequestSender, AutoCloseable {

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 512 * 1024;

  private final DaemonThreads threads = new DaemonThreads("access-tokens-openid");
  private final ExecutorService executor = Executors.newCachedThreadPool(threads);
  private final Duration timeout;
  private final BoundedHttpClient client;

  /**
   * Creates the connections.
   *
   * @param timeout the maximum time of a request; half of it is the maximum time of a connect
   */
  OpenIdConnections(Duration timeout) {
    this.timeout = timeout;
    this.client =
        new BoundedHttpClient(
            HttpClient.newBuilder().connectTimeout(timeout.dividedBy(2)).executor(executor),
            MAX_BYTES);
  }

  /** Returns the maximum time of a request. */
  Duration timeout() {
    return timeout;
  }

  /**
   * Sends a GET request and returns the body of the response.
   *
   * @throws IOException if the request fails or the status is not 200
   */
  String get(URI uri) throws IOException {
    HttpResponse<byte[]> received =
        send(HttpRequest.newBuilder(uri).header("Accept", "application/json").build());
    if (received.statusCode() != HTTPResponse.SC_OK) {
      throw new IOException("the response has status " + received.statusCode());
    }
    return text(received);
  }

  /** Returns a source that reads the keys of the issuer from a URL. */
  PublishedKeys keys(URI issuer, URI uri) {
    return new PublishedKeys(
        System.getLogger(OpenIdConnections.class.getPackageName()),
        issuer.toString(),
        uri,
        timeout,
        client);
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
    HttpResponse<byte[]> received = send(sent.build());
    HTTPResponse response = new HTTPResponse(received.statusCode());
    try {
      response.setContentType(
          received.headers().firstValue("Content-Type").orElse("application/octet-stream"));
    } catch (ParseException e) {
      throw new IOException("the response's media type is malformed", e);
    }
    response.setBody(text(received));
    return response;
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, timeout);
    } catch (BoundedHttpClient.TooLongException | BoundedHttpClient.NotSentException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(FailureReason.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopping", e);
    }
  }

  private static String text(HttpResponse<byte[]> received) {
    return new String(received.body(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
