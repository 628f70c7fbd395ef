package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.policy.CreationLimit.DescriptionRule;
import io.accesstokens.token.policy.GroupAllowance;
import io.accesstokens.token.policy.GroupLimits;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits for new tokens of a group. A limit that does not exist is null.
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
@Schema(name = "ServiceTokenLimits", description = "The limits for a new token of a group")
public record LimitsResponse(
    @Schema(example = "group:default/platform") String groupEntityRef,
    @Schema(description = "Maximum lifetime in days, inclusive") int maxLifetimeDays,
    @Schema(description = "Lifetime in days of a token that is created without one")
        int defaultLifetimeDays,
    @Schema(description = "The scopes that the caller may give to a token of the group")
        List<String> allowedScopes,
    @Schema(description = "Number of the group's tokens that are neither revoked nor expired")
        long liveTokens,
    @Schema(description = "Present and true only if there are more than liveTokens")
        @JsonbNillable(false)
        @Nullable Boolean liveTokensIsLowerBound,
    @Schema(description = "Maximum number of such tokens") @Nullable Integer maxLiveTokens,
    @Schema(description = "A regular expression of RE2 that must match a part of the description")
        @Nullable String descriptionPattern,
    @Schema(description = "A description of the pattern, in words that follow \"the description\"")
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
