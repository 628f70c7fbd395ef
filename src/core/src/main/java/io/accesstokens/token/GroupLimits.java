package io.accesstokens.token;

import io.accesstokens.token.CreationLimit.DescriptionRule;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a new service token of one group may look like, by everything that limits it.
 *
 * @param maxLifetimeDays the longest life, inclusive
 * @param defaultLifetimeDays the life of a token for which none was asked
 * @param allowedScopes of the catalogue, in its order
 * @param maxLiveTokens how many unrevoked, unexpired tokens the group can have
 * @param descriptions what its description must be like; all hold
 */
public record GroupLimits(
    int maxLifetimeDays,
    int defaultLifetimeDays,
    List<String> allowedScopes,
    OptionalInt maxLiveTokens,
    List<DescriptionRule> descriptions) {

  public GroupLimits {
    allowedScopes = List.copyOf(allowedScopes);
    descriptions = List.copyOf(descriptions);
  }

  /** The strictest of the limits that apply. */
  static GroupLimits of(CreationPolicy policy, List<CreationLimit> limits) {
    int most =
        limits.stream()
            .flatMapToInt(limit -> limit.maxLifetimeDays().stream())
            .reduce(policy.maxLifetimeDays(), Math::min);
    return new GroupLimits(
        most,
        Math.min(policy.defaultLifetimeDays(), most),
        policy.catalogue().scopes().stream()
            .map(ScopeCatalogue.Definition::id)
            .filter(scope -> limits.stream().allMatch(limit -> allows(limit, scope)))
            .toList(),
        limits.stream().flatMapToInt(limit -> limit.maxLiveTokensPerGroup().stream()).min(),
        limits.stream().flatMap(limit -> Stream.ofNullable(limit.description())).toList());
  }

  private static boolean allows(CreationLimit limit, String scope) {
    Set<String> only = limit.allowedScopes();
    return only == null || only.contains(scope);
  }

  /** The same, where only some scopes can be given by who asks. */
  GroupLimits within(Predicate<String> scopes) {
    return new GroupLimits(
        maxLifetimeDays,
        defaultLifetimeDays,
        allowedScopes.stream().filter(scopes).toList(),
        maxLiveTokens,
        descriptions);
  }
}
