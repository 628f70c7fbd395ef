package io.accesstokens.oauth;

import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.Verification;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.spi.JsonProvider;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The response of introspection (RFC 7662, section 2.2). Only {@code active} is always present. All
 * other members can be null, and the JSON omits null members.
 *
 * @param active true if the token is valid now
 * @param scope the scopes of the token, separated by spaces
 * @param clientId the subject of a raw token; the {@code client_id} of a signed token
 * @param username the subject of the token
 * @param tokenType always {@code Bearer} (RFC 6749, section 7.1)
 * @param exp the expiry time, in seconds since 1970, rounded down
 * @param iat the creation time, in seconds since 1970
 * @param nbf the first instant at which the token is valid, in seconds since 1970; equal to {@code
 *     iat}
 * @param sub the subject of the token
 * @param iss the issuer; null if the service does not know its public address
 * @param jti the id of the token
 * @param aud the audience of a signed token; null for a raw token
 * @param parentJti the id of the personal token from which a signed token was created; null for a
 *     raw token
 * @param expiresAt the first instant at which the token is no longer valid, in ISO 8601 with
 *     milliseconds; more precise than {@code exp}
 * @param allowedAddresses the addresses and ranges from which the token can be used; null for no
 *     limit
 * @param requestsPerMinute the maximum number of requests per minute; null for no limit
 * @param previousSecret true if the introspected raw token contains the previous secret of a
 *     rotated token. {@code exp} and {@code expiresAt} are then the end of this secret. Null in all
 *     other cases
 */
@Schema(name = "Introspection", description = "Only the member active is always present")
record IntrospectedToken(
    boolean active,
    @Schema(example = "catalog:read techdocs:read") @Nullable String scope,
    @Schema(
            name = "client_id",
            description =
                "The subject of a raw token; access-tokens for a JWT that was issued here")
        @Nullable String clientId,
    @Schema(
            description =
                "The same as sub: a service token acts for itself, a personal one for its user")
        @Nullable String username,
    @Schema(name = "token_type", allowableValues = "Bearer") @Nullable String tokenType,
    @Schema(description = "Seconds since 1970") @Nullable Long exp,
    @Schema(description = "Seconds since 1970") @Nullable Long iat,
    @Schema(description = "Seconds since 1970") @Nullable Long nbf,
    @Schema(
            example = "service-token:group:default/platform:deploy",
            description = "Not unique over time: authorize by jti or scope")
        @Nullable String sub,
    @Schema(format = "uri", description = "Present if the public address of the service is known")
        @Nullable String iss,
    @Schema(format = "uuid") @Nullable String jti,
    @Schema(description = "For a signed token") @Nullable List<String> aud,
    @Schema(
            name = "parent_jti",
            format = "uuid",
            description = "For a signed token: the id of the personal token that it was issued for")
        @Nullable String parentJti,
    @Schema(
            name = "expires_at",
            format = "date-time",
            description = "The same as exp, with milliseconds; not in the RFC")
        @Nullable String expiresAt,
    @Schema(
            name = "allowed_addresses",
            description =
                "The only IP addresses and CIDR ranges from which the token can be used; not in the"
                    + " RFC")
        @Nullable List<String> allowedAddresses,
    @Schema(
            name = "requests_per_minute",
            description = "The limit that each verifier enforces by itself; not in the RFC")
        @Nullable Integer requestsPerMinute,
    @Schema(
            name = "previous_secret",
            description =
                "Present and true only for the previous secret of a rotated token; exp is then its"
                    + " end; not in the RFC")
        @Nullable Boolean previousSecret) {

  /** The complete response for a token that is not valid. */
  static final IntrospectedToken INACTIVE =
      new IntrospectedToken(
          false, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null);

  private static final DateTimeFormatter MILLISECONDS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private static final String BEARER = "Bearer";

  /** Initial capacity for the JSON text, in characters. Most responses are not longer. */
  private static final int INITIAL_LENGTH = 512;

  /**
   * The JSON provider. A constant, because each search for a JSON provider is slow. This class uses
   * the provider only for strings and arrays. For the whole object, the provider would be much
   * slower than this class.
   */
  private static final JsonProvider JSON = JsonProvider.provider();

  static IntrospectedToken of(Verification.Accepted token, @Nullable URI issuer) {
    Long issued = seconds(token.createdAt());
    List<AddressRange> addresses = token.limits().allowedAddresses();
    return new IntrospectedToken(
        true,
        String.join(" ", token.scopes()),
        token.subject(),
        token.subject(),
        BEARER,
        seconds(token.expiresAt()),
        issued,
        issued,
        token.subject(),
        issuer == null ? null : issuer.toString(),
        token.tokenId().toString(),
        null,
        null,
        MILLISECONDS.format(token.expiresAt()),
        addresses.isEmpty() ? null : addresses.stream().map(AddressRange::toString).toList(),
        token.limits().requestsPerMinute(),
        token.secret().previous() ? Boolean.TRUE : null);
  }

  /** Returns the response for a valid token that this service has signed. */
  static IntrospectedToken of(Verification.Accepted token, SignedTokenVerifier.SignedToken signed) {
    Long issued = seconds(token.createdAt());
    return new IntrospectedToken(
        true,
        String.join(" ", token.scopes()),
        signed.clientId(),
        token.subject(),
        BEARER,
        seconds(token.expiresAt()),
        issued,
        issued,
        token.subject(),
        signed.issuer(),
        signed.id(),
        signed.audience(),
        token.tokenId().toString(),
        MILLISECONDS.format(token.expiresAt()),
        null,
        null,
        null);
  }

  private static @Nullable Long seconds(@Nullable Instant instant) {
    return instant == null ? null : instant.getEpochSecond();
  }

  /** Returns the JSON text in UTF-8. */
  byte[] toJson() {
    StringBuilder json = new StringBuilder(INITIAL_LENGTH).append("{\"active\":").append(active);
    add(json, "scope", scope);
    add(json, "client_id", clientId);
    add(json, "username", username);
    add(json, "token_type", tokenType);
    add(json, "exp", exp);
    add(json, "iat", iat);
    add(json, "nbf", nbf);
    add(json, "sub", sub);
    add(json, "iss", iss);
    add(json, "jti", jti);
    add(json, "aud", aud);
    add(json, "parent_jti", parentJti);
    add(json, "expires_at", expiresAt);
    add(json, "allowed_addresses", allowedAddresses);
    add(json, "requests_per_minute", requestsPerMinute);
    add(json, "previous_secret", previousSecret);
    return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Adds a member to the JSON, unless the value is null. The value is a text, a list of texts, a
   * number or a boolean.
   */
  private static void add(StringBuilder json, String name, @Nullable Object value) {
    if (value == null) {
      return;
    }
    json.append(",\"").append(name).append("\":");
    if (value instanceof String text && isPlain(text)) {
      json.append('"').append(text).append('"');
    } else if (value instanceof String text) {
      json.append(JSON.createValue(text));
    } else if (value instanceof List<?> texts) {
      json.append(JSON.createArrayBuilder(texts).build());
    } else {
      json.append(value);
    }
  }

  /** Returns true if no character of a text needs an escape in JSON (RFC 8259, section 7). */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
