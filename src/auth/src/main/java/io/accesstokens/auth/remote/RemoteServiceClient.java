package io.accesstokens.auth.remote;

import io.accesstokens.auth.header.HeaderElement;
import io.accesstokens.verify.VerificationUnavailableException;
import io.accesstokens.verify.limit.FailureReason;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Calls the access-tokens service for a remote verifier, within a timeout and with the verifier's
 * own credential. Only responses with status 200 and exactly one JSON object as the body are
 * accepted.
 */
final class RemoteServiceClient {

  private final RemoteConnections connections;
  private final Supplier<VerifierCredential> credential;

  /**
   * Creates a client of the service.
   *
   * @param credential supplies the verifier's own credential before each request
   */
  RemoteServiceClient(RemoteConnections connections, Supplier<VerifierCredential> credential) {
    this.connections = connections;
    this.credential = credential;
  }

  /**
   * Sends a request and reads its response.
   *
   * @param shown the address of the service in error messages
   * @param reading converts the response; may throw any exception for an unexpected response
   * @throws VerificationUnavailableException if there is no valid response; the message contains no
   *     secret
   */
  <T> T request(HttpRequest.Builder request, URI shown, Function<JsonObject, T> reading) {
    request
        .header("Authorization", authorization())
        .header("Accept", "application/json")
        .header("Cache-Control", "no-cache");
    HttpResponse<byte[]> response;
    try {
      response = connections.send(request.build());
    } catch (BoundedHttpClient.TooLongException | BoundedHttpClient.NotSentException e) {
      throw new VerificationUnavailableException(shown + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new VerificationUnavailableException(
          "no response from " + shown + " (" + FailureReason.of(e) + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VerificationUnavailableException("interrupted while waiting for " + shown, e);
    }
    int status = response.statusCode();
    if (status == 200) {
      return read(response, shown, reading);
    }
    throw new VerificationUnavailableException(shown + " responded with " + status + hint(status));
  }

  /** Returns the probable cause of a status, after a colon. Empty if there are many causes. */
  private static String hint(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 ->
          ": the verifier follows no redirect, so set the service's address to the final one";
      case 401 -> ": the verifier's own credential is not accepted";
      case 403 -> ": the verifier needs the permission access-tokens:introspect";
      case 404 -> ": check the service's address and the path of its API";
      case 407 ->
          ": a proxy requires a credential, which the verifier does not send, so exempt the service"
              + " from the proxy, for example by http.nonProxyHosts";
      case 429 ->
          ": too many unknown tokens, or the verifier's own token is limited to a number of"
              + " requests";
      default -> "";
    };
  }

  private String authorization() {
    try {
      return credential.get().header();
    } catch (RuntimeException e) {
      // The cause is omitted, because the message of a credential supplier may hold a secret.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new VerificationUnavailableException(
          "the verifier's own credential cannot be read: " + cause.getClass().getName());
    }
  }

  private static <T> T read(
      HttpResponse<byte[]> response, URI shown, Function<JsonObject, T> reading) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    JsonProvider json = JsonProvider.provider(); // each call searches the class path
    try (JsonParser parser =
        json.createParserFactory(Map.of())
            .createParser(new ByteArrayInputStream(response.body()), StandardCharsets.UTF_8)) {
      if (HeaderElement.parse(type)
          .filter(element -> element.name().equals("application/json"))
          .isEmpty()) {
        throw new IllegalArgumentException("not JSON");
      }
      return reading.apply(readSingleObject(parser, json.createBuilderFactory(Map.of())));
    } catch (RuntimeException e) {
      // The parser and the conversions throw exceptions for an unexpected response. The cause is
      // omitted, because the message of a parser may contain a part of the response.
      throw new VerificationUnavailableException(
          shown
              + " responded with 200 and a body that is not from an access-tokens service: "
              + reason(e));
    }
  }

  private static String reason(RuntimeException e) {
    // The messages of subclasses, such as NumberFormatException, quote the value.
    return e.getClass() == IllegalArgumentException.class && e.getMessage() != null
        ? e.getMessage()
        : e.getClass().getSimpleName();
  }

  /**
   * Reads a document that contains exactly one JSON object. Neither this object nor an object in it
   * may have duplicate names.
   *
   * @throws RuntimeException of any kind if the document has another form
   */
  static JsonObject readSingleObject(JsonParser parser, JsonBuilderFactory json) {
    if (parser.next() != Event.START_OBJECT) {
      throw new IllegalArgumentException("not an object");
    }
    JsonObject object = object(parser, json);
    if (parser.hasNext()) {
      throw new IllegalArgumentException("text after the object");
    }
    return object;
  }

  /** Reads the members of an object whose start the parser has just read. */
  private static JsonObject object(JsonParser parser, JsonBuilderFactory json) {
    Map<String, JsonValue> members = new HashMap<>();
    while (parser.next() == Event.KEY_NAME) {
      String name = parser.getString();
      if (members.put(name, value(parser, parser.next(), json)) != null) {
        throw new IllegalArgumentException("a member occurs twice");
      }
    }
    JsonObjectBuilder object = json.createObjectBuilder();
    members.forEach(object::add);
    return object.build();
  }

  /** Reads the elements of an array whose start the parser has just read. */
  private static JsonArray array(JsonParser parser, JsonBuilderFactory json) {
    JsonArrayBuilder array = json.createArrayBuilder();
    for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
      array.add(value(parser, event, json));
    }
    return array.build();
  }

  private static JsonValue value(JsonParser parser, Event first, JsonBuilderFactory json) {
    return switch (first) {
      case START_OBJECT -> object(parser, json);
      case START_ARRAY -> array(parser, json);
      default -> parser.getValue();
    };
  }
}
