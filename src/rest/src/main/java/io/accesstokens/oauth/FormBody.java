package io.accesstokens.oauth;

import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: a form in UTF-8 (RFC 6749, appendix B).
 *
 * <p>The form can contain a secret. Therefore error messages and {@link #toString} contain no part
 * of the form.
 */
final class FormBody {

  private static final String MEDIA_TYPE = "application/x-www-form-urlencoded";

  /** Maximum length of a body, in bytes, unless the endpoint has its own limit. */
  static final int MAX_BYTES = 102_400;

  /** Maximum number of parameters in a form. The same limit applies to the query. */
  static final int MAX_PARAMETERS = 100;

  /** The parameters that a query must not contain, because queries are logged. */
  private static final Set<String> BODY_ONLY =
      Set.of(
          "token",
          "access_token",
          "refresh_token",
          "code",
          "code_verifier",
          "client_secret",
          "client_assertion");

  private static final Set<String> CREDENTIALS = Set.of("client_secret", "client_assertion");

  /**
   * Maximum length of the encoded name of a credential parameter, in characters. Each character of
   * the name can be percent-encoded.
   */
  private static final int MAX_ENCODED_NAME = 3 * "client_assertion".length();

  private final Map<String, String> parameters;

  private FormBody(Map<String, String> parameters) {
    this.parameters = parameters;
  }

  /**
   * Reads a form from the body of a request.
   *
   * <p>This method throws an exception with status 400 and {@code invalid_request} in these cases:
   *
   * <ul>
   *   <li>the body is malformed or cannot be read to its end;
   *   <li>a parameter occurs twice;
   *   <li>the query contains a parameter that must be in the body, such as a token;
   *   <li>the body or the query has more than {@value #MAX_PARAMETERS} parameters.
   * </ul>
   *
   * @param maxBytes the maximum length of the body, in bytes
   * @throws NotSupportedException if the headers declare a type other than a form, no type, a
   *     charset other than UTF-8, or a content coding such as gzip
   * @throws WebApplicationException with status 400 in the cases above; with status 413 if the body
   *     is longer than {@code maxBytes}
   */
  static FormBody read(HttpHeaders headers, URI uri, InputStream body, int maxBytes) {
    RequestEncoding.requireType(headers, MEDIA_TYPE);
    checkQuery(uri.getRawQuery());
    byte[] bytes;
    try {
      bytes = body.readNBytes(maxBytes + 1);
    } catch (IOException e) {
      throw incomplete();
    }
    return parse(bytes, maxBytes);
  }

  /**
   * Parses a form of at most {@value #MAX_BYTES} bytes, with the checks of {@link
   * #read(HttpHeaders, URI, InputStream, int)}.
   *
   * @param types the values of {@code Content-Type}, one for each header line
   * @param codings the values of {@code Content-Encoding}, one for each header line
   * @param query the query, as the client sent it; null if there is none
   * @param bytes the body. If the body is longer than the maximum, the first {@code MAX_BYTES + 1}
   *     bytes are sufficient
   */
  static FormBody read(
      List<String> types, List<String> codings, @Nullable String query, byte[] bytes) {
    RequestEncoding.requireType(types, codings, MEDIA_TYPE);
    checkQuery(query);
    return parse(bytes, MAX_BYTES);
  }

  private static FormBody parse(byte[] bytes, int maxBytes) {
    if (bytes.length > maxBytes) {
      throw OAuthError.invalidRequest(
          Response.Status.REQUEST_ENTITY_TOO_LARGE, "the body is too large");
    }
    return new FormBody(parse(bytes));
  }

  /**
   * Reads the credentials of the client ({@code client_secret} and {@code client_assertion}) from
   * the body of a request. A filter calls this method. The resource can read the body again.
   *
   * <p>The body may be malformed, because the caller is authenticated before the form is checked.
   * The result has the first well-formed value of each credential among the first {@value
   * #MAX_PARAMETERS} parameters. The resource must call {@link #read}, which reports the error.
   *
   * @throws WebApplicationException with status 400 if the body cannot be read to its end
   */
  static FormBody peek(ContainerRequestContext request) {
    byte[] bytes;
    try {
      bytes = request.getEntityStream().readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw incomplete();
    }
    request.setEntityStream(new ByteArrayInputStream(bytes));
    return peek(bytes);
  }

  /**
   * Returns the credentials of the client in a body, as {@link #peek(ContainerRequestContext)}
   * does.
   */
  static FormBody peek(byte[] bytes) {
    Map<String, String> parameters = new HashMap<>();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = endOfParameters(text);
    for (String pair : (end < 0 ? text : text.substring(0, end)).split("&", -1)) {
      int equals = pair.indexOf('=');
      String encodedName = equals < 0 ? pair : pair.substring(0, equals);
      if (encodedName.length() > MAX_ENCODED_NAME) {
        continue;
      }
      RequestEncoding.decodeAscii(encodedName)
          .filter(CREDENTIALS::contains)
          .ifPresent(
              name ->
                  RequestEncoding.decodeAscii(equals < 0 ? "" : pair.substring(equals + 1))
                      .ifPresent(value -> parameters.putIfAbsent(name, value)));
    }
    return new FormBody(parameters);
  }

  /**
   * Returns the value of a parameter. An empty parameter counts as absent (RFC 6749, section 3.1).
   *
   * @throws WebApplicationException with status 400 and {@code invalid_request} if the parameter is
   *     absent or empty
   */
  String required(String name) {
    String value = parameters.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw OAuthError.invalidRequest("the parameter " + name + " is required");
    }
    return value;
  }

  /** Returns the value of a parameter; empty if the parameter is absent or empty. */
  Optional<String> optional(String name) {
    return Optional.of(parameters.getOrDefault(name, "")).filter(value -> !value.isEmpty());
  }

  private static WebApplicationException incomplete() {
    return OAuthError.invalidRequest("the body could not be read completely");
  }

  private static void checkQuery(@Nullable String query) {
    if (query == null) {
      return;
    }
    for (String pair : pairs(query)) {
      // A name that cannot be decoded is not in BODY_ONLY. Its parameter is ignored, like every
      // unknown parameter.
      if (RequestEncoding.decode(pair.split("=", 2)[0]).filter(BODY_ONLY::contains).isPresent()) {
        throw OAuthError.invalidRequest("a token or code must be in the body, not in the query");
      }
    }
  }

  /**
   * Splits a form or a query at the ampersands.
   *
   * @throws WebApplicationException with status 400 if there are more than {@value #MAX_PARAMETERS}
   *     parameters
   */
  private static String[] pairs(String text) {
    if (endOfParameters(text) >= 0) {
      throw OAuthError.invalidRequest(
          "there may be no more than " + MAX_PARAMETERS + " parameters");
    }
    return text.split("&", -1);
  }

  /**
   * Returns the index of the ampersand after the first {@value #MAX_PARAMETERS} parameters; -1 if
   * no such ampersand exists. A long text is not split before this check.
   */
  private static int endOfParameters(String text) {
    int index = -1;
    for (int parameters = 0; parameters < MAX_PARAMETERS; parameters++) {
      index = text.indexOf('&', index + 1);
      if (index < 0) {
        return -1;
      }
    }
    return index;
  }

  private static Map<String, String> parse(byte[] bytes) {
    Map<String, String> parameters = new HashMap<>();
    // ISO 8859-1 maps each byte to one character. Bytes outside ASCII must be percent-encoded, so
    // decoded() rejects these characters.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (String pair : pairs(text)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      String value = decoded(equals < 0 ? "" : pair.substring(equals + 1));
      if (parameters.put(name, value) != null) {
        throw OAuthError.invalidRequest("no parameter may be sent more than once");
      }
    }
    return parameters;
  }

  private static String decoded(String text) {
    return RequestEncoding.decodeAscii(text)
        .orElseThrow(
            () ->
                OAuthError.invalidRequest("the body must be percent-encoded UTF-8, as forms are"));
  }

  /** Returns a fixed text that contains no secret. */
  @Override
  public String toString() {
    return "FormBody[redacted]";
  }
}
