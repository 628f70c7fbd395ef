package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenOverview;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A snapshot of the numbers of service tokens by status, expiry day and group. */
@JsonbPropertyOrder({
  "asOf",
  "statuses",
  "expiringByDay",
  "neverUsed",
  "unused",
  "groups",
  "otherGroups"
})
@Schema(name = "TokenOverview", description = "Counts of service tokens at one moment")
public record OverviewResponse(
    @Schema(format = "date-time", requiredMode = RequiredMode.REQUIRED) String asOf,
    @Schema(requiredMode = RequiredMode.REQUIRED) Statuses statuses,
    @Schema(
            description =
                "Number of tokens that expire on each day (UTC), from today to the"
                    + " day on which 30 days have passed",
            requiredMode = RequiredMode.REQUIRED)
        List<Day> expiringByDay,
    @Schema(
            description = "Tokens that are neither revoked nor expired and never were used",
            requiredMode = RequiredMode.REQUIRED)
        long neverUsed,
    @Schema(
            description =
                "Tokens that are neither revoked nor expired and were used, but not for 90 days",
            requiredMode = RequiredMode.REQUIRED)
        long unused,
    @Schema(
            description = "The ten groups with the most tokens, in descending order",
            requiredMode = RequiredMode.REQUIRED)
        List<Group> groups,
    @Schema(requiredMode = RequiredMode.REQUIRED) Others otherGroups)
    implements ResponseBody {

  public static OverviewResponse of(TokenOverview overview, Map<EntityRef, String> groupNames) {
    Counts all = overview.all();
    return new OverviewResponse(
        ServiceTokenResponses.text(overview.asOf()),
        new Statuses(all.active(), all.expiring(), all.expired(), all.revoked()),
        overview.days().stream().map(day -> new Day(day.day().toString(), day.tokens())).toList(),
        all.neverUsed(),
        all.unused(),
        overview.groups().stream()
            .map(
                group ->
                    Group.of(
                        group.group().toString(), groupNames.get(group.group()), group.counts()))
            .toList(),
        Others.of(overview.others(), overview.ofOthers()));
  }

  /** The number of service tokens with each status. */
  @JsonbPropertyOrder({"active", "expiring", "expired", "revoked"})
  @Schema(name = "TokensByStatus", description = "Number of tokens with each status")
  public record Statuses(
      @Schema(requiredMode = RequiredMode.REQUIRED) long active,
      @Schema(requiredMode = RequiredMode.REQUIRED) long expiring,
      @Schema(requiredMode = RequiredMode.REQUIRED) long expired,
      @Schema(requiredMode = RequiredMode.REQUIRED) long revoked) {}

  /** The number of service tokens that expire on one day. */
  @JsonbPropertyOrder({"day", "tokens"})
  @Schema(name = "ExpiringOnDay", description = "Number of tokens that expire on a day")
  public record Day(
      @Schema(format = "date", requiredMode = RequiredMode.REQUIRED) String day,
      @Schema(requiredMode = RequiredMode.REQUIRED) long tokens) {}

  /** The numbers of service tokens of one group. */
  @JsonbNillable
  @JsonbPropertyOrder({
    "groupEntityRef",
    "groupDisplayName",
    "tokens",
    "expiring",
    "neverUsed",
    "unused"
  })
  @Schema(name = "TokensOfGroup", description = "Counts of a group's tokens")
  public record Group(
      @Schema(requiredMode = RequiredMode.REQUIRED) String groupEntityRef,
      @Schema(
              types = {"string", "null"},
              description =
                  "The group's display name in the directory; null if it has none or is"
                      + " unavailable",
              requiredMode = RequiredMode.REQUIRED)
          @Nullable String groupDisplayName,
      @Schema(
              description = "Number of tokens with any status",
              requiredMode = RequiredMode.REQUIRED)
          long tokens,
      @Schema(requiredMode = RequiredMode.REQUIRED) long expiring,
      @Schema(requiredMode = RequiredMode.REQUIRED) long neverUsed,
      @Schema(requiredMode = RequiredMode.REQUIRED) long unused) {

    static Group of(String ref, @Nullable String name, Counts counts) {
      return new Group(
          ref, name, counts.tokens(), counts.expiring(), counts.neverUsed(), counts.unused());
    }
  }

  /** The total numbers for all groups that the response does not list. */
  @JsonbPropertyOrder({"groups", "tokens", "expiring", "neverUsed", "unused"})
  @Schema(name = "TokensOfOtherGroups", description = "Counts of the tokens of all other groups")
  public record Others(
      @Schema(description = "Number of groups", requiredMode = RequiredMode.REQUIRED) int groups,
      @Schema(requiredMode = RequiredMode.REQUIRED) long tokens,
      @Schema(requiredMode = RequiredMode.REQUIRED) long expiring,
      @Schema(requiredMode = RequiredMode.REQUIRED) long neverUsed,
      @Schema(requiredMode = RequiredMode.REQUIRED) long unused) {

    static Others of(int groups, Counts counts) {
      return new Others(
          groups, counts.tokens(), counts.expiring(), counts.neverUsed(), counts.unused());
    }
  }
}
