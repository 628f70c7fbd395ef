package io.accesstokens.token.usage;

import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The users who created live service tokens, and whom the user directory reports as gone. Instances
 * are thread-safe.
 *
 * <p>Calls of {@link #users} update the result in rounds. A round begins at most once a minute:
 *
 * <ol>
 *   <li>A {@link BackgroundRead} reads the creators. The call that begins the read waits for a
 *       limited time.
 *   <li>One thread at a time looks up users, within a time budget. After this budget, a later call
 *       continues the round.
 *   <li>After a round without a failed look-up, the result changes.
 * </ol>
 *
 * <p>Calls that arrive during this work return the previous result at once. Therefore, a slow user
 * directory blocks only one request. If no round succeeds for an hour, the result is marked as
 * incomplete.
 */
final class LeftCreators {

  /**
   * Maximum number of users that a round looks up in the user directory. These are the users with
   * the most live tokens.
   */
  private static final int MAX_LOOKUPS = 1_000;

  private static final Duration FRESH = Duration.ofMinutes(1);

  private final BackgroundRead<Map<String, Map<EntityRef, Long>>> creators;
  private final UserDirectory users;
  private final Clock clock;
  private final Duration budget;
  private final Duration wait;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile Result result = new Result(List.of(), false);

  /** The instant for which the creators in {@link #result} were read. */
  private volatile Instant asOf = Instant.MIN;

  /**
   * The creator of live tokens.
   *
   * @param tokens the number of live tokens in each group
   */
  record Creator(EntityRef user, String ref, Map<EntityRef, Long> tokens) {

    private static Stream<Creator> of(String ref, Map<EntityRef, Long> tokens) {
      return EntityRef.parseUser(ref).map(user -> new Creator(user, ref, tokens)).stream();
    }

    /**
     * Returns the number of live tokens in some groups.
     *
     * @param groups the groups; empty for all groups
     */
    long tokens(Optional<Set<EntityRef>> groups) {
      return tokens.entrySet().stream()
          .filter(entry -> groups.map(some -> some.contains(entry.getKey())).orElse(true))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  /**
   * The result of a round.
   *
   * @param users the users who have left, in no particular order
   * @param isComplete true if the presence of all creators was looked up
   */
  record Result(List<Creator> users, boolean isComplete) {}

  /** The unfinished round; null if there is none. Guarded by the lock. */
  private @Nullable Round round;

  /** The end of the last round. Guarded by the lock. */
  private Instant readAt = Instant.MIN;

  /**
   * Creates an instance without a result.
   *
   * @param budget time after which a call looks up no further user
   * @param wait maximum wait of the call that begins a read of the creators
   * @param slot see {@link BackgroundRead}
   */
  LeftCreators(
      TokenStore store,
      UserDirectory users,
      Clock clock,
      Duration budget,
      Duration wait,
      Semaphore slot) {
    this.creators =
        new BackgroundRead<>(
            "the count of the tokens of each creator",
            now -> store.reports().creators(now),
            clock,
            FRESH,
            slot);
    this.users = users;
    this.clock = clock;
    this.budget = budget;
    this.wait = wait;
  }

  /**
   * Returns the users who have left, with the numbers of their live tokens. The result is that of
   * the latest successful round. A round is successful if the directory reported the presence of
   * each user that the round looked up. Before the first successful round, the result is empty and
   * marked as incomplete.
   */
  Result users() {
    if (users == UserDirectory.UNLISTED) {
      return new Result(List.of(), true);
    }
    if (lock.tryLock()) {
      try {
        refresh();
      } finally {
        lock.unlock();
      }
    }
    return BackgroundRead.isRecent(asOf, clock.instant())
        ? result
        : new Result(result.users(), false);
  }

  private void refresh() {
    Instant now = clock.instant();
    if (round == null && !now.isBefore(readAt) && now.isBefore(readAt.plus(FRESH))) {
      return;
    }
    Round current = round == null ? creators.refreshed(wait).map(Round::new).orElse(null) : round;
    if (current == null) {
      return;
    }
    round = current;
    boolean isOver = true; // even after an exception
    try {
      isOver = current.lookUp();
    } finally {
      if (isOver) {
        round = null;
        readAt = clock.instant();
      }
    }
  }

  /** One round of look-ups, which determines the presence of the creators. */
  private final class Round {

    private final Iterator<Creator> pending;
    private final boolean isComplete;
    private final Instant readCreatorsAt;
    private final List<Creator> found = new ArrayList<>();

    /** Creates a round for the creators with the most tokens. */
    Round(BackgroundRead.Value<Map<String, Map<EntityRef, Long>>> all) {
      List<Creator> creators =
          all.value().entrySet().stream()
              .flatMap(creator -> Creator.of(creator.getKey(), creator.getValue()))
              .sorted(
                  Comparator.comparingLong((Creator creator) -> creator.tokens(Optional.empty()))
                      .reversed()
                      .thenComparing(Creator::ref))
              .toList();
      pending = creators.stream().limit(MAX_LOOKUPS).iterator();
      isComplete = creators.size() <= MAX_LOOKUPS;
      readCreatorsAt = all.asOf();
    }

    /**
     * Looks up the presence of the remaining users. Stops after at least one user if the time
     * budget is used up, or if the presence of a user cannot be determined.
     *
     * @return false if a later call has to continue
     */
    boolean lookUp() {
      long start = System.nanoTime();
      while (pending.hasNext()) {
        Creator creator = pending.next();
        switch (users.presence(creator.user())) {
          case PRESENT -> {}
          case GONE -> found.add(creator);
          case UNKNOWN -> {
            return true; // further look-ups would also wait for the directory
          }
        }
        if (pending.hasNext() && System.nanoTime() - start >= budget.toNanos()) {
          return false;
        }
      }
      result = new Result(List.copyOf(found), isComplete);
      asOf = readCreatorsAt;
      return true;
    }
  }
}
