package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.policy.CreationLimit.DescriptionRule;
import io.accesstokens.token.policy.GroupAllowance;
import io.accesstokens.token.policy.GroupLimits;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits for new tokens of a group. A limit is null if it does not exist.
 *
 * @param liveTokensIsLowerBound true if {@code liveTokens} is a lower bound. If {@code liveTokens}
 *     is exact, this value is null, and the JSON omits it
 */
@JsonbNillable
@JsonbPropertyOrder({
  "groupEntityRef",
  "maxLifetimeDays",
  "defaultLifetimeDays",
  "allowedScopes",
  "liveTokens",
  "liveTokensIsLowerBound",
  "maxLiveTokens",
  "descriptionPattern",
  "descriptionHint"
})
@Schema(name = "IssueLimits", description = "The limits for a new token of a group")
public record LimitsResponse(
    @Schema(example = "group:default/platform", requiredMode = RequiredMode.REQUIRED)
        String groupEntityRef,
    @Schema(
            description = "Maximum lifetime in days, inclusive",
            requiredMode = RequiredMode.REQUIRED)
        int maxLifetimeDays,
    @Schema(
            description = "Lifetime in days of a token that is created without one",
            requiredMode = RequiredMode.REQUIRED)
        int defaultLifetimeDays,
    @Schema(
            description = "The scopes that the caller may give to a token of the group",
            requiredMode = RequiredMode.REQUIRED)
        List<String> allowedScopes,
    @Schema(
            description = "Number of the group's tokens that are neither revoked nor expired",
            requiredMode = RequiredMode.REQUIRED)
        long liveTokens,
    @Schema(description = "Present and true only if there are more than liveTokens")
        @JsonbNillable(false)
        @Nullable Boolean liveTokensIsLowerBound,
    @Schema(
            types = {"integer", "null"},
            description = "Maximum number of such tokens",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable Integer maxLiveTokens,
    @Schema(
            types = {"string", "null"},
            description = "A regular expression of RE2 that must match a part of the description",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String descriptionPattern,
    @Schema(
            types = {"string", "null"},
            description = "A description of the pattern, in words that follow \"the description\"",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String descriptionHint)
    implements ResponseBody {

  public static LimitsResponse of(EntityRef group, GroupAllowance allowance) {
    GroupLimits limits = allowance.limits();
    // The settings define at most one description rule for a group, but a host can define several
    // rules. This response contains only the first rule. A description that violates another rule
    // gets 422.
    DescriptionRule rule = limits.descriptions().stream().findFirst().orElse(null);
    return new LimitsResponse(
        group.toString(),
        limits.maxLifetimeDays(),
        limits.defaultLifetimeDays(),
        limits.allowedScopes(),
        allowance.liveTokens().count(),
        allowance.liveTokens().lowerBound() ? Boolean.TRUE : null,
        limits.maxLiveTokens().isPresent() ? limits.maxLiveTokens().getAsInt() : null,
        rule == null ? null : rule.pattern(),
        rule == null ? null : rule.hint());
  }
}
