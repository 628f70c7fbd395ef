package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.Page;
import io.accesstokens.token.query.TokenUser;
import io.accesstokens.token.service.CreatedPersonalToken;
import io.accesstokens.token.service.UserTokenAdministration;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The responses about personal tokens. */
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
    "lifetimeSeconds",
    "previousSecret"
  })
  @Schema(name = "PersonalToken", description = "A personal token, without its secret")
  public record Token(
      @Schema(format = "uuid") String id,
      @Schema(example = "user:default/dave", description = "For administrators only")
          @JsonbNillable(false)
          @Nullable String userEntityRef,
      @Schema(pattern = "^[A-Za-z0-9 _.:/-]{1,100}$") String name,
      @Schema(description = "The first 12 characters of the raw token") String prefix,
      @Schema(description = "The scopes that limit the rights of its user; empty: it only reads")
          List<String> scopes,
      @Schema(format = "date-time") String createdAt,
      @Schema(format = "date-time") String expiresAt,
      @Schema(
              format = "date-time",
              description = "The last accepted use as a credential, at most five seconds behind")
          @Nullable String lastUsedAt,
      @Schema(format = "date-time") @Nullable String revokedAt,
      @Schema(description = "The user of the token, or the administrator who revoked it")
          @Nullable String revokedBy,
      @Schema(allowableValues = {"active", "expiring", "expired", "revoked"}) String status,
      @Schema(
              format = "date-time",
              description = "When the current secret was created: with the token, or by a rotation")
          String secretCreatedAt,
      @Schema(
              description =
                  "The lifetime that was given at the creation or at the latest rotation, rounded"
                      + " down; a rotation without an expiry gives it again")
          long lifetimeSeconds,
      @Schema(description = "The secret before the latest rotation; null if it is not valid")
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
          token.secrets().lifetime().toSeconds(),
          RotationResponses.Previous.of(token, now));
    }
  }

  /** A new personal token and its raw token. No other response contains the raw token. */
  @JsonbPropertyOrder({"token", "rawToken"})
  @Schema(name = "CreatedPersonalToken", description = "A new personal token with its secret")
  public record Created(
      Token token,
      @Schema(
              description = "The secret, shown this once",
              pattern = "^[a-z][a-z0-9]{0,6}_[0-9A-Za-z]{43}$")
          String rawToken)
      implements ResponseBody {

    public static Created of(CreatedPersonalToken created, Instant now) {
      return new Created(Token.of(created.token(), now), created.rawToken().reveal());
    }

    @Override
    public String toString() {
      return "Created[" + token.id() + ", redacted]";
    }
  }

  /** A page of personal tokens. */
  @JsonbPropertyOrder({"tokens", "total", "totalIsLowerBound", "limit", "offset"})
  @Schema(name = "PersonalTokenPage", description = "A page of personal tokens, newest first")
  public record TokenList(
      List<Token> tokens,
      long total,
      @Schema(description = "Present and true only if there are more than total")
          @Nullable Boolean totalIsLowerBound,
      int limit,
      long offset)
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

  /** A user with personal tokens that are neither revoked nor expired. */
  @JsonbNillable
  @JsonbPropertyOrder({"userEntityRef", "liveTokens", "lastUsedAt", "nextExpiryAt", "gone"})
  @Schema(name = "TokenUser", description = "A user with live personal tokens")
  public record User(
      @Schema(example = "user:default/dave") String userEntityRef,
      @Schema(description = "The number of tokens that are neither revoked nor expired")
          long liveTokens,
      @Schema(
              format = "date-time",
              description = "The latest use of these tokens; null if none of them was used")
          @Nullable String lastUsedAt,
      @Schema(format = "date-time", description = "When the first of these tokens expires")
          String nextExpiryAt,
      @Schema(
              description =
                  "Present and true only if the directory reports that the user has left or is"
                      + " locked out")
          @JsonbNillable(false)
          @Nullable Boolean gone) {

    private static User of(UserTokenAdministration.ListedUser listed) {
      TokenUser user = listed.user();
      return new User(
          user.user().toString(),
          user.liveTokens(),
          ServiceTokenResponses.textOrNull(user.lastUsedAt()),
          ServiceTokenResponses.text(user.nextExpiryAt()),
          listed.isGone() ? true : null);
    }
  }

  /** A page of users with live personal tokens. */
  @JsonbPropertyOrder({"users", "total", "totalIsLowerBound", "limit", "next"})
  @Schema(
      name = "TokenUserPage",
      description = "A page of users with live personal tokens, in the order of their refs")
  public record UserList(
      List<User> users,
      @Schema(description = "The number of users; absent if only users who are gone are listed")
          @Nullable Long total,
      @Schema(description = "Present and true only if there are more than total")
          @Nullable Boolean totalIsLowerBound,
      int limit,
      @Schema(description = "The value of after for the next page; absent on the last page")
          @Nullable String next)
      implements ResponseBody {

    /**
     * Returns the response for a page of users.
     *
     * @param total the number of users; null if it is not known
     */
    public static UserList of(
        UserTokenAdministration.UserPage page, @Nullable BoundedCount total, int limit) {
      EntityRef next = page.next();
      return new UserList(
          page.users().stream().map(User::of).toList(),
          total == null ? null : total.count(),
          total == null ? null : ServiceTokenResponses.trueOrNull(total),
          limit,
          next == null ? null : next.toString());
    }
  }

  /** The result of the revocation of all personal tokens of a user. */
  @JsonbPropertyOrder({"userEntityRef", "revoked"})
  @Schema(name = "UserRevocationResult", description = "The tokens that the call revoked")
  public record RevokedTokens(
      @Schema(example = "user:default/dave", description = "The user, in canonical form")
          String userEntityRef,
      @Schema(description = "The ids of the tokens that this call revoked; can be empty")
          List<String> revoked)
      implements ResponseBody {}
}
