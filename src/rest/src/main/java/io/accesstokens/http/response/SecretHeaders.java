package io.accesstokens.http.response;

import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.token.Actor;
import io.accesstokens.verify.Verification;
import jakarta.ws.rs.core.MultivaluedMap;
import java.security.Principal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The response headers that tell a client when its secret ends. */
public final class SecretHeaders {

  /** The name of the header with the expiry of the presented secret. */
  public static final String EXPIRES = "X-Access-Token-Expires";

  /**
   * The name of the header with the time from which clients should no longer use a secret (RFC
   * 9745).
   */
  public static final String DEPRECATION = "Deprecation";

  /** The name of the header with the end of a secret (RFC 8594). */
  public static final String SUNSET = "Sunset";

  /** The format of an HTTP-date (RFC 9110, section 5.6.7). */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private SecretHeaders() {}

  /** Returns the value of the header {@value #EXPIRES}: an instant in ISO 8601. */
  public static String expiry(Instant expiresAt) {
    return ServiceTokenResponses.text(expiresAt);
  }

  /**
   * Adds {@code Deprecation} and {@code Sunset} to a response, if the previous secret of a token
   * authenticated the request.
   *
   * @param caller the principal of the request; null if there is none
   */
  public static void addEnd(MultivaluedMap<String, Object> headers, @Nullable Principal caller) {
    end(caller).forEach(headers::putSingle);
  }

  /**
   * Returns {@code Deprecation} and {@code Sunset}, by name, if the previous secret of a token
   * authenticated the request; otherwise an empty map.
   *
   * @param caller the principal of the request; null if there is none
   */
  public static Map<String, String> end(@Nullable Principal caller) {
    Verification.Accepted token = verified(caller).orElse(null);
    if (token == null || !token.secret().previous()) {
      return Map.of();
    }
    String sunset = HTTP_DATE.format(token.expiresAt());
    Instant replacedAt = token.secret().replacedAt();
    return replacedAt == null
        ? Map.of(SUNSET, sunset)
        : Map.of(DEPRECATION, "@" + replacedAt.getEpochSecond(), SUNSET, sunset);
  }

  private static Optional<Verification.Accepted> verified(@Nullable Principal caller) {
    if (caller instanceof TokenPrincipal token) {
      return Optional.of(token.verified());
    }
    return caller instanceof Actor actor ? actor.credential() : Optional.empty();
  }
}
