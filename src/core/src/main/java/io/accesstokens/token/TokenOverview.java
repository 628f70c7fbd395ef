package io.accesstokens.token;

import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenCounts.GroupCounts;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The numbers of the service tokens that an actor may read, and the tokens whose previous secret is
 * still valid.
 *
 * @param asOf the instant for which the tokens were counted. With very many tokens, this instant
 *     can be up to an hour before {@code now}.
 * @param all the sum of the counts of all groups
 * @param days the number of tokens that expire on each UTC day, from the day of {@code now} to the
 *     end of {@link ServiceToken#EXPIRING_WINDOW}; a day without such tokens has the number 0
 * @param groups the counts of the groups with the most tokens, at most {@value #MAX_GROUPS} groups
 * @param others the number of groups that have tokens but are not in {@code groups}
 * @param ofOthers the sum of the counts of the groups that are not in {@code groups}
 * @param inGracePeriod the tokens whose previous secret is valid, at most {@value
 *     #MAX_IN_GRACE_PERIOD}. The token whose previous secret ends first is the first element.
 * @param moreInGracePeriod true if there are more tokens whose previous secret is valid
 * @param now the instant of the call, for which {@code inGracePeriod} was read
 */
public record TokenOverview(
    Instant asOf,
    Counts all,
    List<Day> days,
    List<GroupCounts> groups,
    int others,
    Counts ofOthers,
    List<ServiceToken> inGracePeriod,
    boolean moreInGracePeriod,
    Instant now) {

  /** Time without a use after which a token counts as unused. */
  public static final Duration UNUSED = Duration.ofDays(90);

  /** Age up to which a token that was never used counts as new. */
  public static final Duration NEW = Duration.ofDays(7);

  /** Maximum number of groups that are listed separately. */
  public static final int MAX_GROUPS = 10;

  /** Maximum number of listed tokens whose previous secret is valid. */
  public static final int MAX_IN_GRACE_PERIOD = 10;

  private static final Comparator<GroupCounts> LARGEST_FIRST =
      Comparator.comparingLong((GroupCounts entry) -> -entry.counts().tokens())
          .thenComparing(entry -> entry.group().toString());

  /** The number of tokens that expire on one UTC day. */
  public record Day(LocalDate day, long tokens) {}

  public TokenOverview {
    days = List.copyOf(days);
    groups = List.copyOf(groups);
    inGracePeriod = List.copyOf(inGracePeriod);
  }

  /**
   * Creates an overview.
   *
   * @param rotated the tokens whose previous secret is valid, sorted by the expiry of that secret.
   *     Only the first {@value #MAX_IN_GRACE_PERIOD} tokens are listed.
   * @param now the instant for which {@code rotated} was read
   */
  public static TokenOverview of(
      TokenCounts counts, Instant asOf, List<ServiceToken> rotated, Instant now) {
    List<GroupCounts> sorted = counts.groups().stream().sorted(LARGEST_FIRST).toList();
    List<GroupCounts> others = sorted.subList(Math.min(MAX_GROUPS, sorted.size()), sorted.size());
    return new TokenOverview(
        asOf,
        sum(sorted),
        days(counts, now),
        sorted.subList(0, sorted.size() - others.size()),
        others.size(),
        sum(others),
        rotated.stream().limit(MAX_IN_GRACE_PERIOD).toList(),
        rotated.size() > MAX_IN_GRACE_PERIOD,
        now);
  }

  private static List<Day> days(TokenCounts counts, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return IntStream.rangeClosed(0, (int) ServiceToken.EXPIRING_WINDOW.toDays())
        .mapToObj(today::plusDays)
        .map(day -> new Day(day, counts.expiring().getOrDefault(day, 0L)))
        .toList();
  }

  private static Counts sum(List<GroupCounts> groups) {
    return groups.stream().map(GroupCounts::counts).reduce(Counts.NONE, Counts::plus);
  }
}
