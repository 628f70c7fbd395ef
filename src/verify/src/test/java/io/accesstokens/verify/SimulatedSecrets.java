package io.accesstokens.verify;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The secrets of one token in a {@link SimulatedStore}. The transactions consist of scheduled
 * steps. Each secret is identified by its number.
 */
final class SimulatedSecrets {

  private static final UUID TOKEN_ID = new UUID(0, 0);
  private static final long TOKEN_EXPIRY = 1_000_000;

  /**
   * The rows of the token.
   *
   * @param current the number of the current secret
   * @param previous the number of the previous secret; 0 if there is none
   * @param previousUntil the end of the grace period, in milliseconds of the database's clock
   * @param endsOnFirstUse true if the first use of the current secret ends the previous secret
   */
  record Rows(
      int current, int previous, long previousUntil, boolean endsOnFirstUse, boolean revoked) {

    Rows rotated(int secret, long until, boolean onFirstUse) {
      return until == 0
          ? new Rows(secret, 0, 0, false, revoked)
          : new Rows(secret, current, until, onFirstUse, revoked);
    }

    Rows withoutPrevious() {
      return new Rows(current, 0, 0, false, revoked);
    }

    Rows asRevoked() {
      return new Rows(current, previous, previousUntil, endsOnFirstUse, true);
    }

    private boolean isValid(int secret) {
      return !revoked && (secret == current || secret == previous);
    }
  }

  /**
   * A committed transaction.
   *
   * @param changed false if the transaction changed nothing
   * @param evicted the digests that the process must evict
   * @param dead the secrets that are no longer valid
   * @param previous the previous secret after the transaction; 0 if there is none
   * @param previousUntil the end of the grace period of that secret
   */
  record Committed(
      boolean changed,
      List<TokenDigest> evicted,
      Set<Integer> dead,
      int previous,
      long previousUntil) {}

  private final Interleaving steps;
  private final SimulatedStore store;
  private final Set<RotationRule> rules;
  private final NavigableMap<Integer, RawToken> secrets = new TreeMap<>();
  private final Map<TokenDigest, Integer> numbers = new HashMap<>();

  /** The secrets of all transactions that have at least begun to commit. */
  private final Set<Integer> stored = new TreeSet<>(Set.of(1));

  private final Set<Integer> endable = new TreeSet<>();
  private final Map<Integer, Long> untils = new HashMap<>();
  private Rows rows = new Rows(1, 0, 0, false, false);
  private boolean locked;

  SimulatedSecrets(Interleaving steps, SimulatedStore store, Set<RotationRule> rules) {
    this.steps = steps;
    this.store = store;
    this.rules = rules;
    mint();
  }

  private boolean has(RotationRule rule) {
    return rules.contains(rule);
  }

  /** Creates a secret, and returns its number. */
  int mint() {
    int number = secrets.isEmpty() ? 1 : secrets.lastKey() + 1;
    RawToken secret =
        RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new Random(1_000L + number));
    secrets.put(number, secret);
    numbers.put(secret.digest(), number);
    return number;
  }

  Rows rows() {
    return rows;
  }

  RawToken secret(int number) {
    return Objects.requireNonNull(secrets.get(number));
  }

  /** Returns true if a transaction that ends the secret has at least begun to commit. */
  boolean mayBeEnded(int number) {
    return endable.contains(number);
  }

  /** Returns the end of the secret's grace period, which may not be committed yet. */
  Optional<Long> until(int number) {
    return Optional.ofNullable(untils.get(number));
  }

  /** Reads the facts about a digest. */
  Optional<TokenFacts> facts(TokenDigest digest) {
    Integer number = numbers.get(digest);
    if (number == null) {
      return Optional.empty();
    }
    boolean current = number == rows.current();
    boolean previous = number == rows.previous();
    long expiry =
        previous && has(RotationRule.PREVIOUS_SECRET_EXPIRES) ? rows.previousUntil() : TOKEN_EXPIRY;
    PresentedSecret secret =
        new PresentedSecret(
            new PresentedSecret.SecretId(TOKEN_ID, number),
            !current,
            current && rows.previous() != 0 && rows.endsOnFirstUse());
    Verification.Accepted accepted =
        new Verification.Accepted(
            TOKEN_ID,
            "service-token:group:default/platform:ci",
            new EntityRef(EntityRef.GROUP, "default", "platform"),
            List.of(),
            null,
            Instant.ofEpochMilli(expiry),
            UseLimits.NONE,
            secret);
    return Optional.of(new TokenFacts(accepted, rows.revoked(), !current && !previous));
  }

  /** Returns the secrets that a change of the token must evict. */
  private Set<Integer> affected(Rows before) {
    Set<Integer> affected = new TreeSet<>(Set.of(before.current()));
    if (before.previous() != 0) {
      affected.add(before.previous());
    }
    if (has(RotationRule.SECRETS_THAT_ENDED_BEFORE)) {
      affected.addAll(dead(before));
    }
    return affected;
  }

  /**
   * Changes the secrets in one transaction.
   *
   * @param change computes the new rows; returns its argument for no change
   * @param intended computes the rows that the change should have as its result. The secrets that
   *     this change ends may be refused from now on.
   */
  Committed change(UnaryOperator<Rows> change, UnaryOperator<Rows> intended) {
    Set<Integer> readBefore = affected(rows);
    steps.step();
    boolean lock = has(RotationRule.ONE_CHANGE_AT_A_TIME);
    if (lock) {
      steps.await(() -> !locked);
      locked = true;
    }
    Rows before = rows;
    steps.step();
    Rows after = change.apply(before);
    if (after.equals(before)) {
      locked = false;
      Set<Integer> ended = dead(before);
      return new Committed(false, digests(ended), ended, 0, 0);
    }
    Set<Integer> evicted =
        has(RotationRule.SECRETS_OF_THE_TRANSACTION) ? affected(before) : readBefore;
    if (!has(RotationRule.ROTATION_CHANGES_THE_FORMER_SECRET)) {
      evicted.removeIf(after::isValid);
    }
    Set<Integer> inFeed = new TreeSet<>(evicted);
    if (!has(RotationRule.ENDS_ARE_IN_THE_FEED)) {
      inFeed.removeIf(number -> !after.isValid(number) && !after.revoked());
    }
    stored.add(after.current());
    Set<Integer> dead = dead(after);
    Rows right = intended.apply(before);
    stored.stream()
        .filter(number -> before.isValid(number) && !right.isValid(number))
        .forEach(endable::add);
    if (after.previous() != 0) {
      untils.put(after.previous(), after.previousUntil());
    }
    store.commit(digests(inFeed), () -> rows = after);
    locked = false;
    return new Committed(true, digests(evicted), dead, after.previous(), after.previousUntil());
  }

  private List<TokenDigest> digests(Set<Integer> numbers) {
    return numbers.stream().map(number -> secret(number).digest()).toList();
  }

  /** Returns the stored secrets that are not valid in these rows. */
  private Set<Integer> dead(Rows in) {
    return stored.stream()
        .filter(number -> !in.isValid(number))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
