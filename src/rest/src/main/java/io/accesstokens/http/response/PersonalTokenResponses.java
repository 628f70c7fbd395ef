package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.service.MintedToken;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.media.Schema.SchemaResolution;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The responses about personal tokens. {@link ServiceTokenResponses} contains the responses about
 * service tokens.
 */
public final class PersonalTokenResponses {

  private PersonalTokenResponses() {}

  /**
   * A personal token.
   *
   * @param userEntityRef the owner of the token; null and omitted from the JSON in responses to the
   *     owner
   */
  @JsonbNillable
  @JsonbPropertyOrder({
    "id",
    "userEntityRef",
    "name",
    "prefix",
    "scopes",
    "createdAt",
    "expiresAt",
    "lastUsedAt",
    "revokedAt",
    "revokedBy",
    "status",
    "secretCreatedAt",
    "previousSecret"
  })
  @Schema(name = "PersonalToken", description = "A personal token, without its secret")
  public record Token(
      @Schema(format = "uuid", requiredMode = RequiredMode.REQUIRED) String id,
      @Schema(example = "user:default/dave", description = "For administrators only")
          @JsonbNillable(false)
          @Nullable String userEntityRef,
      @Schema(pattern = "^[A-Za-z0-9 _.:/-]{1,100}$", requiredMode = RequiredMode.REQUIRED)
          String name,
      @Schema(
              description = "The first 12 characters of the raw token",
              requiredMode = RequiredMode.REQUIRED)
          String prefix,
      @Schema(
              description = "The scopes that limit the rights of its user; empty: it only reads",
              requiredMode = RequiredMode.REQUIRED)
          List<String> scopes,
      @Schema(format = "date-time", requiredMode = RequiredMode.REQUIRED) String createdAt,
      @Schema(format = "date-time", requiredMode = RequiredMode.REQUIRED) String expiresAt,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              description = "The last accepted use as a credential, at most five seconds behind",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String lastUsedAt,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String revokedAt,
      @Schema(
              types = {"string", "null"},
              description = "Its user, or the administrator who revoked it",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String revokedBy,
      @Schema(
              allowableValues = {"active", "expiring", "expired", "revoked"},
              requiredMode = RequiredMode.REQUIRED)
          String status,
      @Schema(
              format = "date-time",
              description = "When the current secret was created: with the token, or by a rotation",
              requiredMode = RequiredMode.REQUIRED)
          String secretCreatedAt,
      @Schema(
              types = {"object", "null"},
              implementation = RotationResponses.Previous.class,
              schemaResolution = SchemaResolution.INLINE, // a reference cannot add null
              description = "The secret before the latest rotation; null if it is not valid",
              requiredMode = RequiredMode.REQUIRED)
          RotationResponses.@Nullable Previous previousSecret)
      implements ResponseBody {

    /** Returns the response for the owner of the token, without {@code userEntityRef}. */
    public static Token of(PersonalToken token, Instant now) {
      return of(token, null, now);
    }

    /** Returns the response for an administrator, with {@code userEntityRef}. */
    public static Token forAdministrator(PersonalToken token, Instant now) {
      return of(token, token.owner().toString(), now);
    }

    private static Token of(PersonalToken token, @Nullable String user, Instant now) {
      return new Token(
          token.id().toString(),
          user,
          token.name(),
          token.tokenPrefix(),
          token.scopes(),
          ServiceTokenResponses.text(token.createdAt()),
          ServiceTokenResponses.text(token.expiresAt()),
          ServiceTokenResponses.textOrNull(token.lastUsedAt()),
          ServiceTokenResponses.textOrNull(token.revokedAt()),
          token.revokedBy(),
          token.statusAt(now).text(),
          ServiceTokenResponses.text(token.secrets().createdAt()),
          RotationResponses.Previous.of(token, now));
    }
  }

  /** A new personal token and its raw token. No other response contains the raw token. */
  @JsonbPropertyOrder({"token", "rawToken"})
  @Schema(name = "MintedToken", description = "A new personal token with its secret")
  public record Minted(
      @Schema(requiredMode = RequiredMode.REQUIRED) Token token,
      @Schema(
              description = "The secret, shown this once",
              pattern = "^[a-z][a-z0-9]{0,6}_[0-9A-Za-z]{43}$",
              requiredMode = RequiredMode.REQUIRED)
          String rawToken)
      implements ResponseBody {

    public static Minted of(MintedToken minted, Instant now) {
      return new Minted(Token.of(minted.token(), now), minted.rawToken().reveal());
    }

    @Override
    public String toString() {
      return "Minted[" + token.id() + ", redacted]";
    }
  }

  /** A page of personal tokens. */
  @JsonbPropertyOrder({"tokens", "total", "totalIsLowerBound", "limit", "offset"})
  @Schema(name = "PersonalTokenPage", description = "A page of personal tokens, newest first")
  public record TokenList(
      @Schema(requiredMode = RequiredMode.REQUIRED) List<Token> tokens,
      @Schema(requiredMode = RequiredMode.REQUIRED) long total,
      @Schema(description = "Present and true only if there are more than total")
          @Nullable Boolean totalIsLowerBound,
      @Schema(requiredMode = RequiredMode.REQUIRED) int limit,
      @Schema(requiredMode = RequiredMode.REQUIRED) long offset)
      implements ResponseBody {

    /** Returns the response for the owner of the tokens, without {@code userEntityRef}. */
    public static TokenList of(Page<PersonalToken> page, Instant now, int limit, long offset) {
      return of(
          page, page.items().stream().map(token -> Token.of(token, now)).toList(), limit, offset);
    }

    /** Returns the response for an administrator, with {@code userEntityRef} in each token. */
    public static TokenList forAdministrator(
        Page<PersonalToken> page, Instant now, int limit, long offset) {
      return of(
          page,
          page.items().stream().map(token -> Token.forAdministrator(token, now)).toList(),
          limit,
          offset);
    }

    private static TokenList of(
        Page<PersonalToken> page, List<Token> tokens, int limit, long offset) {
      return new TokenList(
          tokens,
          page.total().count(),
          ServiceTokenResponses.trueOrNull(page.total()),
          limit,
          offset);
    }
  }
}
