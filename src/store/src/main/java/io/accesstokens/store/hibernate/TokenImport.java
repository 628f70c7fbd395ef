package io.accesstokens.store.hibernate;

import io.accesstokens.store.hibernate.VerdictChanges.Written;
import io.accesstokens.token.AuditEvent;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.TokenDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/**
 * Brings tokens over from elsewhere, by their ids.
 *
 * <ul>
 *   <li>A token that is not here is added as it is, with its events.
 *   <li>Of one that is here, a revocation is carried over, and events that are missing. Whatever
 *       else differs stays as it is here: nothing is widened, and no revocation is undone or
 *       changed.
 * </ul>
 *
 * <p>A batch is one transaction: state, events and feed entries are written together or not at all.
 * A token that cannot be brought over is left out, and the others of its batch are not affected.
 * Doing the same again changes nothing. The service may be at work meanwhile.
 *
 * <p>For one thread. The instance knows what a dry run would have done so far.
 */
public final class TokenImport {

  /** How many tokens should be given at once: few enough not to hold the feed's lock for long. */
  public static final int BATCH = 200;

  /** A kind of feed entry: what was known of the token, if only that there is none, is wrong. */
  private static final String CHANGED = ChangeFeed.CHANGED;

  /** How often a batch is decided again when others add the same tokens meanwhile. */
  private static final int ATTEMPTS = 3;

  /**
   * A token as it is elsewhere.
   *
   * @param events oldest first
   */
  public record Item(ServiceToken token, TokenDigest digest, List<AuditEvent> events) {
    public Item {
      events = List.copyOf(events);
    }
  }

  /** What became of an item. */
  public enum Outcome {
    /** It was added. */
    ADDED,
    /** It was here, and a revocation or events were carried over. */
    UPDATED,
    /** It was here, and nothing was to be done. */
    UNCHANGED,
    /** Another unrevoked token of the group has the name. */
    NAME_TAKEN,
    /** Another token has the digest. */
    DIGEST_TAKEN,
    /** The token that has the id here has another digest. */
    ID_TAKEN,
    /** An event of another token has the id of one of its events. */
    EVENT_ID_TAKEN
  }

  /**
   * What became of an item.
   *
   * @param events how many of its events were added
   * @param recorded the event that tells of the import, or null if there is none
   */
  public record Result(Outcome outcome, int events, @Nullable AuditEvent recorded) {
    static Result of(Outcome outcome) {
      return new Result(outcome, 0, null);
    }
  }

  /** What to do with an item. */
  record Decision(Item item, Outcome outcome, boolean revoke, List<AuditEvent> events) {
    static Decision refuse(Item item, Outcome outcome) {
      return new Decision(item, outcome, false, List.of());
    }
  }

  private final Database database;
  private final VerdictChanges changes;
  private final String actor;
  private final String source;
  private final Clock clock;
  private final boolean dryRun;

  /** Tokens that were found revoked elsewhere: their names are free, or will be. */
  private final Set<UUID> revoked = new HashSet<>();

  TokenImport(
      Database database,
      VerdictChanges changes,
      String actor,
      String source,
      Clock clock,
      boolean dryRun) {
    this.database = database;
    this.changes = changes;
    this.actor = actor;
    this.source = source;
    this.clock = clock;
    this.dryRun = dryRun;
  }

  /**
   * Brings a batch over. Revoked tokens should come before those that may have taken over their
   * names.
   *
   * @param items at most {@value #BATCH}
   * @return a result for each, in the same order
   * @throws StoreUnavailableException if the database is out of reach; nothing of the batch was
   *     brought over then, or all of it
   */
  public List<Result> carryOver(List<Item> items) {
    if (items.isEmpty()) {
      return List.of();
    }
    if (dryRun) {
      return database.read(session -> decide(session, items)).stream()
          .map(decision -> new Result(decision.outcome(), decision.events().size(), null))
          .toList();
    }
    try {
      return write(items);
    } catch (ConstraintViolationException e) {
      // Somebody was at work just now. One by one, so that the others are not affected.
      List<Result> results = new ArrayList<>();
      items.forEach(item -> results.add(carryOver(item)));
      return results;
    }
  }

  private Result carryOver(Item item) {
    for (int attempt = 1; ; attempt++) {
      try {
        return write(List.of(item)).get(0);
      } catch (ConstraintViolationException e) {
        String constraint = String.valueOf(e.getConstraintName());
        if (constraint.contains(HibernateTokenStore.NAME_CONSTRAINT)) {
          return Result.of(Outcome.NAME_TAKEN);
        }
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private List<Result> write(List<Item> items) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return changes.change(
        session -> {
          List<Result> results = new ArrayList<>();
          List<Decision> decisions = decide(session, items);
          decisions.forEach(decision -> results.add(write(session, decision, now)));
          List<FeedEntries.Entry> news = news(decisions);
          return news.isEmpty()
              ? Written.unchanged(results)
              : Written.changed(results, new FeedEntries(news, now));
        });
  }

  private Result write(StatelessSession session, Decision decision, Instant now) {
    ServiceToken token = decision.item().token();
    boolean added = decision.outcome() == Outcome.ADDED;
    if (added) {
      session.insert(new TokenEntity(token, decision.item().digest()));
    } else if (decision.revoke()) {
      HibernateTokenStore.markRevoked(
          session,
          token.id(),
          String.valueOf(token.revokedBy()),
          Objects.requireNonNull(token.revokedAt()));
    }
    decision.events().forEach(event -> session.insert(new AuditEntity(event, token.group())));
    AuditEvent recorded = null;
    if (added || decision.revoke()) {
      recorded = imported(token.id(), added ? "added" : HibernateTokenStore.REVOKED, now);
      session.insert(new AuditEntity(recorded, token.group()));
    }
    return new Result(decision.outcome(), decision.events().size(), recorded);
  }

  private AuditEvent imported(UUID tokenId, String change, Instant now) {
    return new AuditEvent(
        UUID.randomUUID(),
        tokenId,
        AuditEvent.Type.IMPORTED,
        actor,
        Map.of(AuditEvent.SOURCE, source, AuditEvent.CHANGE, change),
        now);
  }

  /** The one place where an import tells the feed of verdicts that changed. */
  private static List<FeedEntries.Entry> news(List<Decision> decisions) {
    Set<FeedEntries.Entry> added = new LinkedHashSet<>();
    Set<FeedEntries.Entry> dead = new LinkedHashSet<>();
    for (Decision decision : decisions) {
      TokenDigest digest = decision.item().digest();
      if (decision.outcome() == Outcome.ADDED) {
        added.add(new FeedEntries.Entry(CHANGED, digest));
      } else if (decision.revoke()) {
        dead.add(new FeedEntries.Entry(HibernateTokenStore.REVOKED, digest));
      }
    }
    return Stream.concat(added.stream(), dead.stream()).toList();
  }

  private List<Decision> decide(StatelessSession session, List<Item> items) {
    ImportTarget target = ImportTarget.read(session, items);
    List<Decision> decisions = new ArrayList<>();
    for (Item item : items) {
      Decision decision = target.decide(item, revoked);
      if (decision.outcome() == Outcome.UPDATED && decision.revoke()) {
        revoked.add(item.token().id());
      }
      decisions.add(decision);
    }
    return decisions;
  }
}
