package io.accesstokens.token;

import io.accesstokens.token.TokenCounts.Counts;
import io.accesstokens.token.TokenCounts.OfGroup;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many service tokens there are within an actor's reach.
 *
 * @param asOf when that was so
 * @param all of all groups
 * @param days how many of those that are expiring end on each day (UTC), from today to the day on
 *     which the window of that status ends; none is left out
 * @param groups those with the most tokens
 * @param others how many groups with tokens there are beside
 * @param ofOthers the tokens of those
 */
public record TokenOverview(
    Instant asOf, Counts all, List<Day> days, List<OfGroup> groups, int others, Counts ofOthers) {

  /** How long a token must not have been used to count as unused. */
  public static final Duration UNUSED = Duration.ofDays(90);

  /** How many groups are told of by themselves. */
  public static final int MOST_GROUPS = 10;

  private static final Comparator<OfGroup> LARGEST_FIRST =
      Comparator.comparingLong((OfGroup it) -> -it.counts().tokens())
          .thenComparing(it -> it.group().toString());

  /** How many tokens end on a day. */
  public record Day(LocalDate day, long tokens) {}

  public TokenOverview {
    days = List.copyOf(days);
    groups = List.copyOf(groups);
  }

  static TokenOverview of(TokenCounts counts, Instant now) {
    List<OfGroup> sorted = counts.groups().stream().sorted(LARGEST_FIRST).toList();
    List<OfGroup> others = sorted.subList(Math.min(MOST_GROUPS, sorted.size()), sorted.size());
    return new TokenOverview(
        now,
        sum(sorted),
        days(counts, now),
        sorted.subList(0, sorted.size() - others.size()),
        others.size(),
        sum(others));
  }

  private static List<Day> days(TokenCounts counts, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return IntStream.rangeClosed(0, (int) ServiceToken.EXPIRING_WINDOW.toDays())
        .mapToObj(today::plusDays)
        .map(day -> new Day(day, counts.expiring().getOrDefault(day, 0L)))
        .toList();
  }

  private static Counts sum(List<OfGroup> groups) {
    return groups.stream().map(OfGroup::counts).reduce(Counts.NONE, Counts::plus);
  }
}
