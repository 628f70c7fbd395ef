package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.http.response.ServiceTokenResponses.Token;
import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenOverview;
import io.accesstokens.token.usage.TokenAttention;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An overview of the service tokens. Contains the numbers of tokens at one moment, by status,
 * expiry day and group. Also lists the tokens whose previous secret is valid, the tokens that
 * clients used after the token or the secret had ended, and the creators who have left the user
 * directory.
 */
@JsonbPropertyOrder({
  "asOf",
  "statuses",
  "expiringByDay",
  "neverUsed",
  "neverUsedNew",
  "unused",
  "groups",
  "otherGroups",
  "inGracePeriod",
  "usedAfterEnd",
  "leftCreators"
})
@Schema(name = "TokenOverview", description = "Counts of service tokens at one moment")
public record OverviewResponse(
    @Schema(format = "date-time") String asOf,
    Statuses statuses,
    @Schema(
            description =
                "Number of tokens that expire on each day (UTC), from today to the"
                    + " day on which 30 days have passed")
        List<Day> expiringByDay,
    @Schema(description = "Tokens that are neither revoked nor expired and never were used")
        long neverUsed,
    @Schema(description = "Those of neverUsed that were created in the last 7 days")
        long neverUsedNew,
    @Schema(
            description =
                "Tokens that are neither revoked nor expired and were used, but not for 90 days")
        long unused,
    @Schema(description = "The ten groups with the most tokens, in descending order")
        List<Group> groups,
    Others otherGroups,
    InGracePeriod inGracePeriod,
    UsedAfterEnd usedAfterEnd,
    LeftCreators leftCreators)
    implements ResponseBody {

  public static OverviewResponse of(
      TokenOverview overview, TokenAttention attention, Map<EntityRef, String> groupNames) {
    Counts all = overview.all();
    return new OverviewResponse(
        ServiceTokenResponses.text(overview.asOf()),
        new Statuses(all.active(), all.expiring(), all.expired(), all.revoked()),
        overview.days().stream().map(day -> new Day(day.day().toString(), day.tokens())).toList(),
        all.neverUsed(),
        all.neverUsedNew(),
        all.unused(),
        overview.groups().stream()
            .map(
                group ->
                    Group.of(
                        group.group().toString(), groupNames.get(group.group()), group.counts()))
            .toList(),
        Others.of(overview.others(), overview.ofOthers()),
        new InGracePeriod(
            overview.inGracePeriod().stream()
                .map(token -> Token.of(token, overview.now(), groupNames))
                .toList(),
            overview.moreInGracePeriod()),
        new UsedAfterEnd(
            attention.usedAfterEnd().stream()
                .map(used -> EndedToken.of(used, overview.now(), groupNames))
                .toList(),
            attention.moreUsedAfterEnd()),
        new LeftCreators(
            attention.leftCreators().stream()
                .map(user -> new LeftCreator(user.user(), user.tokens()))
                .toList(),
            attention.moreLeftCreators()));
  }

  /** The tokens whose previous secret is valid. */
  @JsonbPropertyOrder({"tokens", "more"})
  @Schema(name = "TokensInGracePeriod", description = "Tokens whose previous secret is valid")
  public record InGracePeriod(
      @Schema(description = "At most ten tokens, in the order in which their previous secrets end")
          List<Token> tokens,
      @Schema(description = "True if there are more such tokens") boolean more) {}

  /**
   * The tokens that clients used after the token or the secret had ended. A revocation or the
   * expiry ends a token.
   */
  @JsonbPropertyOrder({"tokens", "more"})
  @Schema(
      name = "TokensUsedAfterEnd",
      description =
          "Tokens that clients used in the last 7 days although they were revoked or expired, or"
              + " with a secret that had ended")
  public record UsedAfterEnd(
      @Schema(description = "At most ten tokens, the token with the most uses today first")
          List<EndedToken> tokens,
      @Schema(description = "True if there may be more such tokens") boolean more) {}

  @JsonbPropertyOrder({"token", "reason", "usesToday", "callers"})
  @Schema(
      name = "TokenUsedAfterEnd",
      description = "A token that was used after its end, or with an ended secret")
  public record EndedToken(
      Token token,
      @Schema(
              allowableValues = {"revoked", "expired", "ended-secret"},
              description = "The reason for which the last use was refused")
          String reason,
      @Schema(description = "The number of refused uses by these callers on the current UTC day")
          long usesToday,
      @Schema(description = "The clients, the last used client first, at most 20")
          List<UsageResponse.Caller> callers) {

    static EndedToken of(
        TokenAttention.UsedAfterEnd used, Instant now, Map<EntityRef, String> groupNames) {
      return new EndedToken(
          Token.of(used.token(), now, groupNames),
          used.reason().text(),
          used.usesToday(),
          used.callers().stream().map(UsageResponse.Caller::of).toList());
    }
  }

  /** The users who created live tokens and are no longer in the user directory. */
  @JsonbPropertyOrder({"users", "more"})
  @Schema(
      name = "LeftCreators",
      description =
          "Users who created tokens that are neither revoked nor expired, and who are no longer in"
              + " the user directory. Empty if the service has no list of users")
  public record LeftCreators(
      @Schema(description = "At most ten users, the user with the most tokens first")
          List<LeftCreator> users,
      @Schema(description = "True if there may be more such users") boolean more) {}

  /** A user who created live tokens, and whom the user directory reports as gone. */
  @JsonbPropertyOrder({"userEntityRef", "tokens"})
  @Schema(name = "LeftCreator", description = "A user who created tokens and has left")
  public record LeftCreator(
      String userEntityRef,
      @Schema(description = "Number of tokens that are neither revoked nor expired") long tokens) {}

  /** The number of service tokens with each status. */
  @JsonbPropertyOrder({"active", "expiring", "expired", "revoked"})
  @Schema(name = "TokensByStatus", description = "Number of tokens with each status")
  public record Statuses(long active, long expiring, long expired, long revoked) {}

  /** The number of service tokens that expire on one day. */
  @JsonbPropertyOrder({"day", "tokens"})
  @Schema(name = "ExpiringOnDay", description = "Number of tokens that expire on a day")
  public record Day(@Schema(format = "date") String day, long tokens) {}

  /** The numbers of service tokens of one group. */
  @JsonbNillable
  @JsonbPropertyOrder({
    "groupEntityRef",
    "groupDisplayName",
    "tokens",
    "expiring",
    "neverUsed",
    "neverUsedNew",
    "unused"
  })
  @Schema(name = "TokensOfGroup", description = "Counts of a group's tokens")
  public record Group(
      String groupEntityRef,
      @Schema(
              description =
                  "The group's display name in the directory; null if it has none or is"
                      + " unavailable")
          @Nullable String groupDisplayName,
      @Schema(description = "Number of tokens with any status") long tokens,
      long expiring,
      long neverUsed,
      long neverUsedNew,
      long unused) {

    static Group of(String ref, @Nullable String name, Counts counts) {
      return new Group(
          ref,
          name,
          counts.tokens(),
          counts.expiring(),
          counts.neverUsed(),
          counts.neverUsedNew(),
          counts.unused());
    }
  }

  /** The total numbers of service tokens of all groups that the response does not list. */
  @JsonbPropertyOrder({"groups", "tokens", "expiring", "neverUsed", "neverUsedNew", "unused"})
  @Schema(name = "TokensOfOtherGroups", description = "Counts of the tokens of all other groups")
  public record Others(
      @Schema(description = "Number of groups") int groups,
      long tokens,
      long expiring,
      long neverUsed,
      long neverUsedNew,
      long unused) {

    static Others of(int groups, Counts counts) {
      return new Others(
          groups,
          counts.tokens(),
          counts.expiring(),
          counts.neverUsed(),
          counts.neverUsedNew(),
          counts.unused());
    }
  }
}
