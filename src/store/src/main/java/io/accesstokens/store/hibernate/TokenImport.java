package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges;
import io.accesstokens.store.feed.VerdictChanges.ChangeResult;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.EntityRef;
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
import java.util.concurrent.atomic.AtomicBoolean;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/**
 * Imports tokens from another system, and identifies each token by its id.
 *
 * <ul>
 *   <li>A token that does not exist in this database is added unchanged, with its events.
 *   <li>For a token that exists in this database, only a revocation and missing events are
 *       imported. All other differences are ignored. An import never adds a permission to an
 *       existing token, and never removes or changes a revocation.
 * </ul>
 *
 * <p>A batch is one transaction, which writes all tokens, events and feed entries, or nothing.
 * After a conflict with a concurrent change, each token of the batch has its own transaction. If a
 * token cannot be imported, the other tokens of its batch are still imported. A repeated import
 * changes nothing. The service may run during an import.
 *
 * <p>An instance is not thread-safe. Each instance stores the ids of the tokens that the import has
 * revoked, even in a dry run.
 */
public final class TokenImport {

  /**
   * Maximum number of tokens in a batch. With a small batch, the lock of the feed is held only for
   * a short time.
   */
  public static final int BATCH = 200;

  /**
   * Maximum number of attempts to import an item. An attempt fails if another transaction adds the
   * same token at the same time.
   */
  private static final int ATTEMPTS = 3;

  /**
   * A token of the other system.
   *
   * @param token the token with its state in the other system
   * @param digest the digest of the raw token
   * @param events the events of the token, oldest first
   */
  public record Item(ServiceToken token, TokenDigest digest, List<AuditEvent> events) {
    public Item {
      events = List.copyOf(events);
    }
  }

  /** The outcome of the import of an item. */
  public enum Outcome {
    /** The token was added. */
    ADDED,
    /** The token existed in this database. A revocation or events were imported. */
    UPDATED,
    /** The token existed in this database. The import added nothing. */
    UNCHANGED,
    /**
     * The token was not imported, because another unrevoked token of the group has the same name.
     */
    NAME_TAKEN,
    /** The token was not imported, because another token has the same digest. */
    DIGEST_TAKEN,
    /**
     * The token was not imported, because the token with this id never had this digest in this
     * database.
     */
    ID_TAKEN,
    /**
     * The token was not imported, because one of its events has the id of an event of another
     * token.
     */
    EVENT_ID_TAKEN
  }

  /**
   * The result of the import of an item.
   *
   * @param outcome what the import did with the token
   * @param events the number of events of the token that were added
   * @param recorded the audit event that records the import; null if no such event was written
   */
  public record Result(Outcome outcome, int events, @Nullable AuditEvent recorded) {
    static Result of(Outcome outcome) {
      return new Result(outcome, 0, null);
    }
  }

  /**
   * The decision about an item.
   *
   * @param item the item
   * @param group the group of the token in this database
   * @param outcome the outcome of the import of the item
   * @param revoke true if an existing token must be revoked
   * @param events the events to add
   */
  record Decision(
      Item item, EntityRef group, Outcome outcome, boolean revoke, List<AuditEvent> events) {
    static Decision refuse(Item item, Outcome outcome) {
      return new Decision(item, item.token().group(), outcome, false, List.of());
    }

    /** Returns this decision without the revocation and without its events. */
    Decision withoutRevocation() {
      List<AuditEvent> others =
          events.stream().filter(event -> event.type() != AuditEvent.Type.REVOKED).toList();
      return new Decision(
          item, group, others.isEmpty() ? Outcome.UNCHANGED : Outcome.UPDATED, false, others);
    }
  }

  private final Database database;
  private final VerdictChanges changes;
  private final String actor;
  private final String source;
  private final Clock clock;
  private final boolean dryRun;

  /**
   * Ids of tokens that the other system has revoked and that this import revokes. Other tokens may
   * use the names of these tokens.
   */
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
   * Imports a batch of tokens. If two tokens have the same name, the caller must pass the revoked
   * token first.
   *
   * @param items the tokens, at most {@value #BATCH}
   * @return a result for each item, in the order of the items
   * @throws StoreUnavailableException if the database cannot be reached; each token is then either
   *     imported with its events, or unchanged
   */
  public List<Result> importBatch(List<Item> items) {
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
      // After a concurrent change, the items are imported one by one. Then a conflict affects only
      // one item.
      List<Result> results = new ArrayList<>();
      items.forEach(item -> results.add(importBatch(item)));
      return results;
    }
  }

  private Result importBatch(Item item) {
    for (int attempt = 1; ; attempt++) {
      try {
        return write(List.of(item)).get(0);
      } catch (ConstraintViolationException e) {
        if (DatabaseFailures.violates(e, HibernateTokenStore.NAME_CONSTRAINT)) {
          return Result.of(Outcome.NAME_TAKEN);
        }
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Imports tokens in one transaction. If the database becomes unavailable before the commit, the
   * transaction is repeated once. On a slow machine, the first transaction of a process loads so
   * many classes that the database ends the idle transaction.
   */
  private List<Result> write(List<Item> items) {
    AtomicBoolean committing = new AtomicBoolean();
    try {
      return write(items, committing);
    } catch (StoreUnavailableException e) {
      if (committing.get()) {
        throw e; // the tokens may be imported
      }
      return write(items, committing);
    }
  }

  /**
   * Imports tokens in one transaction.
   *
   * @param committing this method sets it to true before the commit. After a later failure, it is
   *     unknown whether the tokens were imported.
   */
  private List<Result> write(List<Item> items, AtomicBoolean committing) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return changes.change(
        session -> {
          committing.set(false); // after a conflict, this code runs again
          List<Result> results = new ArrayList<>();
          List<Decision> decisions = new ArrayList<>();
          for (Decision decision : decide(session, items)) {
            Decision done = revoke(session, decision);
            decisions.add(done);
            results.add(write(session, done, now));
          }
          List<FeedEntries.Entry> entries = feedEntries(session, decisions);
          committing.set(true);
          // If there are no entries, another import may have just committed the same changes.
          return entries.isEmpty()
              ? ChangeResult.alreadyDone(results, ChangeCounter.read(session))
              : ChangeResult.changed(results, new FeedEntries(entries, now));
        });
  }

  /**
   * Revokes the token of a decision, if the decision contains a revocation. The decision was made
   * without a lock on the token. If another transaction has revoked the token since the decision,
   * the revocation of that transaction stays.
   *
   * @return the decision, without the revocation if this transaction did not revoke the token
   */
  private static Decision revoke(StatelessSession session, Decision decision) {
    ServiceToken token = decision.item().token();
    boolean kept =
        decision.revoke()
            && !TokenTable.SERVICE.markRevoked(
                session,
                token.id(),
                String.valueOf(token.revokedBy()),
                Objects.requireNonNull(token.revokedAt()));
    return kept ? decision.withoutRevocation() : decision;
  }

  private Result write(StatelessSession session, Decision decision, Instant now) {
    ServiceToken token = decision.item().token();
    boolean added = decision.outcome() == Outcome.ADDED;
    if (added) {
      session.insert(new TokenEntity(token, decision.item().digest()));
    }
    decision.events().forEach(event -> session.insert(new AuditEntity(event, decision.group())));
    AuditEvent recorded = null;
    if (added || decision.revoke()) {
      recorded = imported(token.id(), added ? "added" : "revoked", now);
      session.insert(new AuditEntity(recorded, decision.group()));
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

  /** Returns the feed entries for all verdicts that an import changes. */
  private static List<FeedEntries.Entry> feedEntries(
      StatelessSession session, List<Decision> decisions) {
    Set<FeedEntries.Entry> entries = new LinkedHashSet<>();
    Set<UUID> dead = new LinkedHashSet<>();
    for (Decision decision : decisions) {
      if (decision.outcome() == Outcome.ADDED) {
        // A reader can have cached that the token does not exist.
        entries.add(new FeedEntries.Entry(ChangeFeed.CHANGED, decision.item().digest()));
      } else if (decision.revoke()) {
        dead.add(decision.item().token().id());
      }
    }
    // All valid secrets of the revoked tokens are revoked, including secrets of rotations in this
    // database, which the other system does not know.
    for (TokenDigest digest : StoredDigests.read(session, TokenTable.SERVICE, dead).valid()) {
      entries.add(new FeedEntries.Entry(ChangeFeed.REVOKED, digest));
    }
    return List.copyOf(entries);
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
