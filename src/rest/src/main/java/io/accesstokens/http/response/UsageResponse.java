package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The usage of a token. The JSON contains null members, but omits {@code days} if it is null. */
@JsonbPropertyOrder({"tokenId", "accepted", "refused", "days"})
@Schema(name = "TokenUsage", description = "How a service token was used as a credential")
public record UsageResponse(
    @Schema(format = "uuid", requiredMode = RequiredMode.REQUIRED) String tokenId,
    @Schema(requiredMode = RequiredMode.REQUIRED) Accepted accepted,
    @Schema(requiredMode = RequiredMode.REQUIRED) Refused refused,
    @ArraySchema(
            schema = @Schema(implementation = Day.class),
            arraySchema =
                @Schema(
                    description =
                        "For service tokens, if requested: the uses of each day, from"
                            + " the oldest day to today"))
        @Nullable List<Day> days)
    implements ResponseBody {

  public static UsageResponse of(UUID tokenId, TokenUsage usage) {
    return of(tokenId, usage, null);
  }

  public static UsageResponse of(UUID tokenId, TokenUsage usage, @Nullable List<DailyUsage> days) {
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
        days == null ? null : days.stream().map(Day::of).toList());
  }

  /** The usage of a token on one day in UTC. */
  @JsonbPropertyOrder({"day", "accepted", "refused"})
  @Schema(name = "UsesOfDay", description = "The uses of a token on one day")
  public record Day(
      @Schema(format = "date", description = "Of UTC", requiredMode = RequiredMode.REQUIRED)
          String day,
      @Schema(requiredMode = RequiredMode.REQUIRED) long accepted,
      @Schema(requiredMode = RequiredMode.REQUIRED) long refused) {

    static Day of(DailyUsage uses) {
      return new Day(uses.day().toString(), uses.accepted(), uses.refused());
    }
  }

  /** The accepted uses of a token. */
  @JsonbNillable
  @JsonbPropertyOrder({"count", "lastAt", "lastAddress"})
  @Schema(name = "AcceptedUses", description = "Accepted uses")
  public record Accepted(
      @Schema(requiredMode = RequiredMode.REQUIRED) long count,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              description = "The same as the token's lastUsedAt",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String lastAt,
      @Schema(
              types = {"string", "null"},
              description = "The client address of the last use, if known",
              requiredMode = RequiredMode.REQUIRED)
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
      @Schema(
              description = "The sum of revoked, expired, address and endedSecret",
              requiredMode = RequiredMode.REQUIRED)
          long count,
      @Schema(
              types = {"string", "null"},
              format = "date-time",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String lastAt,
      @Schema(
              types = {"string", "null"},
              description = "The client address of the last use, if known",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String lastAddress,
      @Schema(
              description = "Uses after the token was revoked",
              requiredMode = RequiredMode.REQUIRED)
          long revoked,
      @Schema(
              description = "Uses after the token had expired",
              requiredMode = RequiredMode.REQUIRED)
          long expired,
      @Schema(
              description = "Uses from an address that the token does not allow",
              requiredMode = RequiredMode.REQUIRED)
          long address,
      @Schema(
              description = "Uses of a secret that a rotation replaced, after its end",
              requiredMode = RequiredMode.REQUIRED)
          long endedSecret) {}
}
