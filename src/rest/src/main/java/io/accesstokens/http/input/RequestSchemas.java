package io.accesstokens.http.input;

import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.PersonalCreationRequest;
import io.accesstokens.token.policy.UpdateRequest;
import io.accesstokens.token.policy.Violation;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.revocation.UserRevocationRequest;
import io.accesstokens.token.rotation.RotationRequest;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of requests. The nested records only describe the bodies for the OpenAPI
 * document. No method creates an instance of a nested record.
 */
public final class RequestSchemas {

  /**
   * The members that a PATCH request must not contain. They are members of a service token, or of a
   * request for a new service token.
   */
  static final List<String> UNCHANGEABLE =
      List.of(
          "id",
          "name",
          "tokenPrefix",
          "groupEntityRef",
          "groupDisplayName",
          "createdBy",
          "createdAt",
          "expiresInDays",
          "lastUsedAt",
          "revokedAt",
          "revokedBy",
          "status",
          "secretCreatedAt",
          "lifetimeSeconds",
          "previousSecret");

  /** The members of a service token that a PATCH request can change but not remove. */
  static final List<String> REQUIRED = List.of("description", "scopes", "expiresAt");

  /** The members of a service token that a PATCH request removes if the new value is null. */
  private static final List<String> REMOVABLE = List.of("allowedAddresses", "requestsPerMinute");

  /**
   * Name of the member that contains the expected prefix of a secret. In a request for a rotation,
   * this is the prefix of the current secret. In a request that ends the previous secret, this is
   * the prefix of the previous secret. If the prefix differs, the response is 409.
   */
  public static final String EXPECTED_PREFIX = "expectedTokenPrefix";

  private RequestSchemas() {}

  /** Reads the body of a request for a new service token, as {@link NewToken} describes. */
  public static CreationRequest newToken(JsonBody body) {
    String name = body.string("name");
    String description = body.string("description");
    String group = body.string("groupEntityRef");
    List<@Nullable String> scopes = body.strings("scopes");
    Long days = body.integer("expiresInDays");
    String expiresAt = body.string("expiresAt");
    List<@Nullable String> addresses = body.strings("allowedAddresses");
    Long perMinute = body.integer("requestsPerMinute");
    return new CreationRequest(
        name, description, group, scopes, days, expiresAt, addresses, perMinute, body.violations());
  }

  /**
   * Reads the body of a request that changes a service token, as {@link TokenPatch} describes. A
   * null member removes the value, or is an error if the value cannot be removed (RFC 7396). In
   * other requests, a null member counts as absent.
   */
  public static UpdateRequest update(JsonBody body) {
    UNCHANGEABLE.forEach(name -> body.refuse(name, "cannot be changed"));
    for (String name : REQUIRED) {
      if (body.isNull(name)) {
        body.refuse(name, "must not be null");
      }
    }
    String description = body.string("description");
    List<@Nullable String> scopes = body.strings("scopes");
    String expiresAt = body.string("expiresAt");
    List<@Nullable String> addresses = body.strings("allowedAddresses");
    Long perMinute = body.integer("requestsPerMinute");
    Set<String> removed =
        REMOVABLE.stream().filter(body::isNull).collect(Collectors.toUnmodifiableSet());
    return new UpdateRequest(
        description, scopes, expiresAt, addresses, perMinute, removed, body.violations());
  }

  /**
   * Reads the body of a request for a new personal token, as {@link NewPersonalToken} describes.
   */
  public static PersonalCreationRequest newPersonalToken(JsonBody body) {
    String name = body.string("name");
    List<@Nullable String> scopes = body.strings("scopes");
    Long days = body.integer("expiresInDays");
    String expiresAt = body.string("expiresAt");
    return new PersonalCreationRequest(name, scopes, days, expiresAt, body.violations());
  }

  /**
   * Reads the reason in the body of a revocation. {@link Revocation} and {@link OwnRevocation}
   * describe the body.
   *
   * @return the reason; null if the reason is absent
   * @throws InvalidRequestException if the reason is not a string
   */
  public static @Nullable String reason(JsonBody body) {
    String reason = body.string("reason");
    List<Violation> violations = body.violations();
    if (!violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    return reason;
  }

  /**
   * Reads a request that rotates a token, as {@link Rotation} describes.
   *
   * @param keys the values of the header fields {@code Idempotency-Key}; null or empty if there are
   *     none
   */
  public static RotationRequest rotation(JsonBody body, @Nullable List<String> keys) {
    Long grace = body.integer("gracePeriodSeconds");
    Long days = body.integer("expiresInDays");
    String expiresAt = body.string("expiresAt");
    Boolean onFirstUse = body.flag("endGraceOnFirstUse");
    String expected = body.string(EXPECTED_PREFIX);
    List<Violation> violations = new ArrayList<>(body.violations());
    List<String> sent = keys == null ? List.of() : keys;
    if (sent.size() > 1) {
      violations.add(
          new Violation(RotationRequest.IDEMPOTENCY_KEY, "must not be sent more than once"));
    }
    return new RotationRequest(
        grace,
        days,
        expiresAt,
        onFirstUse,
        expected,
        sent.size() == 1 ? sent.get(0) : null,
        violations);
  }

  /** Reads the body of a request that revokes several tokens. */
  public static RevocationRequest revocations(JsonBody body) {
    List<@Nullable String> ids = body.strings("ids");
    String reason = body.string("reason");
    return new RevocationRequest(ids, reason, body.violations());
  }

  /** Reads the body of a request that revokes all personal tokens of a user. */
  public static UserRevocationRequest userRevocation(JsonBody body) {
    String user = body.string("userEntityRef");
    String reason = body.string("reason");
    return new UserRevocationRequest(user, reason, body.violations());
  }

  /** Describes the body of a request that revokes all personal tokens of a user. */
  @Schema(
      name = "UserRevocation",
      example = "{\"userEntityRef\": \"user:default/dave\", \"reason\": \"left the company\"}")
  public record UserRevocation(
      @Schema(
              example = "user:default/dave",
              description =
                  "The user, in any spelling; a user who no longer exists is also possible")
          String userEntityRef,
      @Schema(
              minLength = 1,
              maxLength = 500,
              description = "The text is trimmed before it is checked")
          String reason) {}

  /** Describes the body of a request for a new service token. */
  @Schema(
      name = "NewServiceToken",
      example =
          "{\"name\": \"nightly-build\", \"description\": \"Reads the catalog for the nightly build\", \"groupEntityRef\": \"group:default/platform\", \"scopes\": [\"catalog:read\"], \"expiresInDays\": 90}",
      description = "At most one of expiresInDays and expiresAt")
  public record NewToken(
      @Schema(pattern = "^[a-z0-9-]{1,100}$") String name,
      @Schema(minLength = 1, maxLength = 500) String description,
      @Schema(
              example = "group:default/platform",
              description = "The owning group, in any spelling; it must exist")
          String groupEntityRef,
      @Schema(description = "Ids of scopes of the catalogue, at least one") List<String> scopes,
      @Schema(
              types = {"integer", "null"},
              minimum = "1",
              description = "At most the configured maximum; if absent, the default lifetime")
          @Nullable Long expiresInDays,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              description = "ISO 8601 with a zone, in the future, within the configured maximum")
          @Nullable String expiresAt,
      @Schema(
              types = {"array", "null"},
              example = "[\"192.0.2.1\", \"2001:db8::/32\"]",
              description =
                  "The only IP addresses and CIDR ranges from which the token can be used, 1 to 50")
          @Nullable List<String> allowedAddresses,
      @Schema(
              types = {"integer", "null"},
              minimum = "1",
              maximum = "1000000",
              description = "The number of requests that each process accepts in a minute")
          @Nullable Long requestsPerMinute) {}

  /** Describes the body of a request that changes a service token. Absent members stay the same. */
  @Schema(
      name = "ServiceTokenPatch",
      example =
          "{\"description\": \"Reads the catalog for the nightly build\", \"requestsPerMinute\": 600}",
      description = "A JSON merge patch (RFC 7396); other members of a token cannot be changed")
  public record TokenPatch(
      @Schema(types = "string", minLength = 1, maxLength = 500) @Nullable String description,
      @Schema(
              types = "array",
              description =
                  "All scopes after the change, at least one. To add a scope, or to widen or remove"
                      + " a limit, the caller must be allowed to grant all of them")
          @Nullable List<String> scopes,
      @Schema(
              types = "string",
              format = "date-time",
              description = "ISO 8601 with a zone, in the future, and not later than before")
          @Nullable String expiresAt,
      @Schema(
              types = {"array", "null"},
              description = "All addresses and ranges after the change, 1 to 50; null for no limit")
          @Nullable List<String> allowedAddresses,
      @Schema(
              types = {"integer", "null"},
              minimum = "1",
              maximum = "1000000",
              description = "Null for no limit")
          @Nullable Long requestsPerMinute) {}

  /** Describes the body of a request for a new personal token. */
  @Schema(
      name = "NewPersonalToken",
      example = "{\"name\": \"laptop\", \"expiresInDays\": 30}",
      description = "At most one of expiresInDays and expiresAt")
  public record NewPersonalToken(
      @Schema(
              pattern = "^[A-Za-z0-9 _.:/-]{1,100}$",
              description = "The text is trimmed before it is checked")
          String name,
      @Schema(
              types = {"array", "null"},
              description =
                  "Ids of scopes of personal tokens; without any, the token can only"
                      + " read what you may read")
          @Nullable List<String> scopes,
      @Schema(
              types = {"integer", "null"},
              minimum = "1",
              description = "At most the configured maximum; if absent, the default lifetime")
          @Nullable Long expiresInDays,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              description = "ISO 8601 with a zone, in the future, within the configured maximum")
          @Nullable String expiresAt) {}

  /** Describes the body of a request that rotates a token. */
  @Schema(
      name = "Rotation",
      example = "{\"gracePeriodSeconds\": 3600}",
      description = "At most one of expiresInDays and expiresAt")
  public record Rotation(
      @Schema(
              types = {"integer", "null"},
              minimum = "0",
              description =
                  "The time for which the previous secret stays valid, at most the configured"
                      + " maximum; if absent, the configured default. A self-rotation needs at least"
                      + " 60")
          @Nullable Long gracePeriodSeconds,
      @Schema(
              types = {"integer", "null"},
              minimum = "1",
              description = "At most the configured maximum; if absent, the lifetime starts again")
          @Nullable Long expiresInDays,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              description = "ISO 8601 with a zone, in the future, within the configured maximum")
          @Nullable String expiresAt,
      @Schema(
              types = {"boolean", "null"},
              description =
                  "True if the first accepted use of the new secret ends the previous one")
          @Nullable Boolean endGraceOnFirstUse,
      @Schema(
              types = {"string", "null"},
              example = "bsat_9hTq2Lm",
              description =
                  "The tokenPrefix of the current secret that the token must have. If another secret"
                      + " is the current secret, the response is 409")
          @Nullable String expectedTokenPrefix) {}

  /** Describes the body of a request that ends the previous secret of a token. */
  @Schema(name = "PreviousSecretEnd", example = "{\"expectedTokenPrefix\": \"bsat_xiGihhm\"}")
  public record SecretEnd(
      @Schema(
              types = {"string", "null"},
              minLength = 1,
              maxLength = 500,
              description = "The text is trimmed before it is checked")
          @Nullable String reason,
      @Schema(
              types = {"string", "null"},
              example = "bsat_xiGihhm",
              description =
                  "The tokenPrefix of the previous secret that the token must have. If another"
                      + " secret is the previous secret, the response is 409")
          @Nullable String expectedTokenPrefix) {}

  /**
   * Describes the body of a request that revokes a personal token of the caller. The reason is
   * optional.
   */
  @Schema(name = "OptionalReason", example = "{\"reason\": \"the laptop was lost\"}")
  public record OwnRevocation(
      @Schema(
              types = {"string", "null"},
              minLength = 1,
              maxLength = 500,
              description = "The text is trimmed before it is checked")
          @Nullable String reason) {}

  /** Describes the body of a request that revokes a token. The reason is required. */
  @Schema(name = "Revocation", example = "{\"reason\": \"the service was shut down\"}")
  public record Revocation(
      @Schema(
              minLength = 1,
              maxLength = 500,
              description = "The text is trimmed before it is checked")
          String reason) {}
}
