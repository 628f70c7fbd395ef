package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.NeededScope;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.usage.CallerReport;
import io.accesstokens.verify.ClientInfo;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The usage of a token. The JSON contains null members, but omits {@code callers}, {@code scopes}
 * and {@code days} if they are null.
 */
@JsonbPropertyOrder({"tokenId", "accepted", "refused", "callers", "scopes", "days"})
@Schema(name = "TokenUsage", description = "How a service token was used as a credential")
public record UsageResponse(
    @Schema(format = "uuid") String tokenId,
    Accepted accepted,
    Refused refused,
    @ArraySchema(
            schema = @Schema(implementation = Caller.class),
            maxItems = CallerReport.MAX,
            arraySchema =
                @Schema(
                    description =
                        "For service tokens: the clients that used the token in the last 30 days,"
                            + " the last used client first. Empty if the service does not gather"
                            + " callers"))
        @Nullable List<Caller> callers,
    @ArraySchema(
            schema = @Schema(implementation = Scope.class),
            arraySchema =
                @Schema(
                    description =
                        "For service tokens: the scopes that the token has now, in its order, with"
                            + " the times at which verifiers needed them"))
        @Nullable List<Scope> scopes,
    @ArraySchema(
            schema = @Schema(implementation = Day.class),
            arraySchema =
                @Schema(
                    description =
                        "For service tokens, if requested: the uses of each day, from"
                            + " the oldest day to today"))
        @Nullable List<Day> days)
    implements ResponseBody {

  /** Returns the usage of a personal token. */
  public static UsageResponse of(UUID tokenId, TokenUsage usage) {
    return of(tokenId, usage, null, null, null);
  }

  public static UsageResponse of(
      UUID tokenId,
      TokenUsage usage,
      @Nullable List<CallerReport> callers,
      @Nullable List<NeededScope> scopes,
      @Nullable List<DailyUsage> days) {
    UsageCount accepted = usage.accepted();
    UsageCount refused = usage.refused();
    return new UsageResponse(
        tokenId.toString(),
        new Accepted(
            accepted.count(),
            ServiceTokenResponses.textOrNull(accepted.lastAt()),
            accepted.lastAddress()),
        new Refused(
            refused.count(),
            ServiceTokenResponses.textOrNull(refused.lastAt()),
            refused.lastAddress(),
            usage.revoked(),
            usage.expired(),
            usage.address(),
            usage.endedSecret()),
        callers == null ? null : callers.stream().map(Caller::of).toList(),
        scopes == null ? null : scopes.stream().map(Scope::of).toList(),
        days == null ? null : days.stream().map(Day::of).toList());
  }

  /** A client that used a token. */
  @JsonbNillable
  @JsonbPropertyOrder({"secret", "outcome", "address", "client", "usesToday", "lastUsedAt"})
  @Schema(name = "TokenCaller", description = "The uses by one client with one outcome")
  public record Caller(
      @Schema(
              allowableValues = {"current", "previous", "ended"},
              description = "The present state of the secret that the client used")
          String secret,
      @Schema(allowableValues = {"accepted", "refused"}) String outcome,
      @Schema(
              maxLength = UsageCount.MAX_ADDRESS_LENGTH,
              description = "The address of the client, if known")
          @Nullable String address,
      @Schema(
              maxLength = ClientInfo.MAX_PRODUCT_LENGTH,
              example = "curl/8.5.0",
              description =
                  "The first product of User-Agent, if known. The client chooses this text freely")
          @Nullable String client,
      @Schema(description = "The number of uses on the present day of UTC") long usesToday,
      @Schema(format = "date-time") String lastUsedAt) {

    static Caller of(CallerReport caller) {
      return new Caller(
          caller.secret().name().toLowerCase(Locale.ROOT),
          caller.accepted() ? "accepted" : "refused",
          caller.address(),
          caller.client(),
          caller.usesToday(),
          ServiceTokenResponses.text(caller.lastUsedAt()));
    }
  }

  /**
   * A scope of a token, with the first and the last time at which a verifier required the scope.
   */
  @JsonbNillable
  @JsonbPropertyOrder({"scope", "firstNeededAt", "lastNeededAt"})
  @Schema(
      name = "NeededScope",
      description =
          "A scope of a token, with the times of accepted requests for which a verifier named this"
              + " scope. Most verifiers name no scope, so null does not mean that the scope is not"
              + " needed")
  public record Scope(
      @Schema(maxLength = 255, example = "catalog:read") String scope,
      @Schema(
              format = "date-time",
              description = "The first of these times; null if no verifier named this scope")
          @Nullable String firstNeededAt,
      @Schema(
              format = "date-time",
              description = "The last of these times; null if no verifier named this scope")
          @Nullable String lastNeededAt) {

    static Scope of(NeededScope scope) {
      return new Scope(
          scope.scope(),
          ServiceTokenResponses.textOrNull(scope.firstNeededAt()),
          ServiceTokenResponses.textOrNull(scope.lastNeededAt()));
    }
  }

  /** The usage of a token on one day in UTC. */
  @JsonbPropertyOrder({"day", "accepted", "refused"})
  @Schema(name = "UsesOfDay", description = "The uses of a token on one day")
  public record Day(
      @Schema(format = "date", description = "The day in UTC") String day,
      long accepted,
      long refused) {

    static Day of(DailyUsage uses) {
      return new Day(uses.day().toString(), uses.accepted(), uses.refused());
    }
  }

  /** The accepted uses of a token. */
  @JsonbNillable
  @JsonbPropertyOrder({"count", "lastAt", "lastAddress"})
  @Schema(name = "AcceptedUses", description = "Accepted uses")
  public record Accepted(
      long count,
      @Schema(format = "date-time", description = "The same as the token's lastUsedAt")
          @Nullable String lastAt,
      @Schema(description = "The client address of the last use, if known")
          @Nullable String lastAddress) {}

  /** The rejected uses of a token. */
  @JsonbNillable
  @JsonbPropertyOrder({
    "count",
    "lastAt",
    "lastAddress",
    "revoked",
    "expired",
    "address",
    "endedSecret"
  })
  @Schema(name = "RefusedUses", description = "Refused uses")
  public record Refused(
      @Schema(description = "The sum of revoked, expired, address and endedSecret") long count,
      @Schema(format = "date-time") @Nullable String lastAt,
      @Schema(description = "The client address of the last use, if known")
          @Nullable String lastAddress,
      @Schema(description = "Uses after the token was revoked") long revoked,
      @Schema(description = "Uses after the token had expired") long expired,
      @Schema(description = "Uses from an address that the token does not allow") long address,
      @Schema(description = "Uses of a secret that a rotation replaced, after its end")
          long endedSecret) {}
}
