package io.accesstokens.http.input;

import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.oauth.RequestEncoding;
import io.accesstokens.token.policy.Violation;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: one JSON object. Methods read the members by name and type.
 *
 * <ul>
 *   <li>A null member counts as absent, and unknown members are ignored.
 *   <li>A member of the wrong type counts as absent, and adds a {@link Violation}. One response can
 *       therefore report all errors.
 *   <li>As in JavaScript, {@code 30}, {@code 30.0} and {@code 3e1} are the same integer.
 * </ul>
 *
 * <p>Not thread-safe.
 */
public final class JsonBody {

  private static final String MEDIA_TYPE = "application/json";

  /** The media type of a JSON merge patch (RFC 7396). */
  public static final String MERGE_PATCH = "application/merge-patch+json";

  /** The media types of PATCH requests, as the value of the header {@link Problem#ACCEPT_PATCH}. */
  public static final String PATCH_TYPES = MERGE_PATCH + ", " + MEDIA_TYPE;

  /** Maximum length of a body, in bytes, unless the resource has its own limit. */
  public static final int MAX_BYTES = 102_400;

  /**
   * Maximum length of an integer in the JSON, in characters. Parsing a longer number would take too
   * much time.
   */
  private static final int MAX_NUMBER_LENGTH = 200;

  private static final int MAX_LONG_DIGITS = 19;

  private final Map<String, @Nullable Object> members;
  private final List<Violation> violations = new ArrayList<>();

  private JsonBody(Map<String, @Nullable Object> members) {
    this.members = members;
  }

  /**
   * Reads a body of at most {@value #MAX_BYTES} bytes. See {@link #read(HttpHeaders, InputStream,
   * int)}.
   */
  public static JsonBody read(HttpHeaders headers, InputStream body) {
    return read(headers, body, MAX_BYTES);
  }

  /**
   * Reads a body.
   *
   * @param maxBytes the maximum length of the body, in bytes
   * @throws NotSupportedException if the headers declare a type other than JSON, no type, a charset
   *     other than UTF-8, or a content coding such as gzip
   * @throws WebApplicationException with status 413 if the body is longer than {@code maxBytes}
   * @throws MalformedRequestException if the body is not exactly one well-formed JSON object
   */
  public static JsonBody read(HttpHeaders headers, InputStream body, int maxBytes) {
    RequestEncoding.requireType(headers, MEDIA_TYPE);
    return parse(bytes(headers, body, maxBytes));
  }

  /**
   * Reads the body of a PATCH request (RFC 5789): a JSON merge patch (RFC 7396) with the media type
   * {@code application/merge-patch+json} or {@code application/json}. See {@link #read(HttpHeaders,
   * InputStream, int)}.
   */
  public static JsonBody readPatch(HttpHeaders headers, InputStream body) {
    try {
      RequestEncoding.requireType(headers, MEDIA_TYPE, MERGE_PATCH);
    } catch (NotSupportedException e) {
      throw new NotSupportedException(
          Response.status(Response.Status.UNSUPPORTED_MEDIA_TYPE)
              .header(Problem.ACCEPT_PATCH, PATCH_TYPES)
              .build(),
          e);
    }
    return parse(bytes(headers, body, MAX_BYTES));
  }

  /**
   * Reads an optional body. An empty body counts as an empty object. The media type of an empty
   * body is ignored.
   *
   * @throws NotSupportedException if the body is not empty, and the headers declare a type other
   *     than JSON, no type, a charset other than UTF-8, or a content coding such as gzip
   * @throws WebApplicationException with status 413 if the body is longer than {@value #MAX_BYTES}
   *     bytes
   * @throws MalformedRequestException if the body is not exactly one well-formed JSON object
   */
  public static JsonBody readOptional(HttpHeaders headers, @Nullable InputStream body) {
    byte[] bytes = body == null ? new byte[0] : bytes(headers, body, MAX_BYTES);
    if (bytes.length == 0) {
      return new JsonBody(Map.of());
    }
    RequestEncoding.requireType(headers, MEDIA_TYPE);
    return parse(bytes);
  }

  private static byte[] bytes(HttpHeaders headers, InputStream body, int maxBytes) {
    checkDeclaredLength(headers, maxBytes);
    try {
      byte[] bytes = body.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw tooLarge();
      }
      return bytes;
    } catch (IOException e) {
      throw new MalformedRequestException("the body could not be read completely");
    }
  }

  private static JsonBody parse(byte[] bytes) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      return new JsonBody(StrictJson.readObject(text));
    } catch (CharacterCodingException e) {
      throw new MalformedRequestException("the body must be valid UTF-8");
    }
  }

  /**
   * Rejects a body before it is read, if {@code Content-Length} is larger than {@code maxBytes}.
   * This method can trust {@code Content-Length}, because the container rejects a request with a
   * wrong {@code Content-Length}.
   */
  private static void checkDeclaredLength(HttpHeaders headers, int maxBytes) {
    String declared = headers.getHeaderString(HttpHeaders.CONTENT_LENGTH);
    if (declared == null) {
      return;
    }
    try {
      if (Long.parseLong(declared.strip()) > maxBytes) {
        throw tooLarge();
      }
    } catch (NumberFormatException e) {
      throw new MalformedRequestException("Content-Length must be a number");
    }
  }

  private static WebApplicationException tooLarge() {
    return new WebApplicationException(Response.Status.REQUEST_ENTITY_TOO_LARGE);
  }

  /** Adds an error if the body has a member with this name, even if the member is null. */
  public void refuse(String name, String message) {
    if (members.containsKey(name)) {
      violations.add(new Violation(name, message));
    }
  }

  /** Returns true if the body has a member with this name, and the member is null. */
  public boolean isNull(String name) {
    return members.containsKey(name) && members.get(name) == null;
  }

  /** Returns a string member; null if the member is absent or of another type. */
  public @Nullable String string(String name) {
    Object value = members.get(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    violations.add(new Violation(name, "must be a string"));
    return null;
  }

  /**
   * Returns a member that is a list of strings; null if the member is absent or not a list. If an
   * element of the list is not a string, the result contains null for this element. The caller must
   * report each null as an error.
   */
  public @Nullable List<@Nullable String> strings(String name) {
    Object value = members.get(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof List<?> elements)) {
      violations.add(new Violation(name, "must be a list of strings"));
      return null;
    }
    List<@Nullable String> strings = new ArrayList<>();
    for (Object element : elements) {
      strings.add(element instanceof String string ? string : null);
    }
    return strings;
  }

  /**
   * Returns an integer member; null if the member is absent, not an integer, or outside the range
   * of {@code long}.
   */
  public @Nullable Long integer(String name) {
    Object value = members.get(name);
    if (value == null) {
      return null;
    }
    Long integer = value instanceof StrictJson.Numeral number ? toLong(number.text()) : null;
    if (integer == null) {
      violations.add(new Violation(name, "must be a whole number"));
    }
    return integer;
  }

  /** Returns a boolean member; null if the member is absent or of another type. */
  public @Nullable Boolean flag(String name) {
    Object value = members.get(name);
    if (value == null || value instanceof Boolean) {
      return (Boolean) value;
    }
    violations.add(new Violation(name, "must be true or false"));
    return null;
  }

  private static @Nullable Long toLong(String text) {
    if (text.length() > MAX_NUMBER_LENGTH) {
      return null;
    }
    try {
      BigDecimal number = new BigDecimal(text);
      if (number.signum() == 0) {
        return 0L;
      }
      // 1e999999999 has a billion digits. Therefore this check comes before the conversion.
      long integerDigits = (long) number.precision() - number.scale();
      return integerDigits < 1 || integerDigits > MAX_LONG_DIGITS ? null : number.longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  /** Returns the errors that were found so far, in members that the caller has read or refused. */
  public List<Violation> violations() {
    return List.copyOf(violations);
  }
}
