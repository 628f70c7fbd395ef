package io.accesstokens.store.hibernate;

import static io.accesstokens.store.jdbc.Statements.update;

import io.accesstokens.store.entity.AccessTokenEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges.ChangeResult;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.store.notice.NoticeOutbox;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Changes the secrets of one token in the current transaction. The row of the token is locked.
 * Therefore rotations, repeated rotations, revocations and ends of the previous secret run one
 * after another.
 */
final class SecretsUpdate<T extends AccessToken> {

  private final StatelessSession session;
  private final TokenTable<T> table;
  private final NoticeOutbox outbox;
  private final AccessTokenEntity<T> row;
  private final SecretTable.@Nullable Previous previous;

  private SecretsUpdate(
      StatelessSession session,
      TokenTable<T> table,
      NoticeOutbox outbox,
      AccessTokenEntity<T> row) {
    this.session = session;
    this.table = table;
    this.outbox = outbox;
    this.row = row;
    this.previous = SecretTable.previous(session, row);
  }

  /**
   * Changes the secrets of a token and writes the audit log and the notices. Does not write the
   * feed entries.
   *
   * @param key the idempotency key of the request; null if there is none
   * @return the change, and the feed entries that the caller must write. The change is empty if the
   *     token does not exist.
   */
  static <T extends AccessToken> ChangeResult<StoredChange<Optional<SecretsChange<T>>>> run(
      StatelessSession session,
      TokenTable<T> table,
      NoticeOutbox outbox,
      UUID id,
      @Nullable IdempotencyKey key,
      Function<SecretsState<T>, SecretsChange<T>> work) {
    Optional<AccessTokenEntity<T>> locked = table.locked(session, id);
    return locked.isEmpty()
        ? ChangeResult.unchanged(new StoredChange<>(Optional.empty(), Set.of()))
        : new SecretsUpdate<>(session, table, outbox, locked.get()).run(key, work);
  }

  private ChangeResult<StoredChange<Optional<SecretsChange<T>>>> run(
      @Nullable IdempotencyKey key, Function<SecretsState<T>, SecretsChange<T>> work) {
    T token = row.token(previous == null ? null : previous.secret());
    Optional<SecretsState.EarlierRotation> earlier =
        key == null
            ? Optional.empty()
            : session.doReturningWork(connection -> RotationTable.find(connection, key.key()));
    SecretsChange<T> change = work.apply(new SecretsState<>(token, earlier));
    StoredDigests digests = StoredDigests.read(session, row);
    if (change.isEmpty()) {
      digests.all().removeAll(digests.valid());
      return unchanged(change, digests.all());
    }
    Instant at = change.events().get(change.events().size() - 1).occurredAt();
    List<FeedEntries.Entry> entries = new ArrayList<>();
    session.doWork(
        connection -> {
          endPrevious(connection, change, at).ifPresent(entries::add);
          entries.add(replaceCurrent(connection, change, at));
          Instant rotatedAt = change.rotatedAt();
          if (key != null && rotatedAt != null) {
            RotationTable.write(
                connection,
                key,
                row.id(),
                change.token().secrets().number(),
                rotatedAt,
                earlier.isPresent());
          }
        });
    change.events().forEach(event -> table.append(session, event));
    outbox.write(session, table.kind(), change.events());
    return ChangeResult.changed(
        new StoredChange<>(Optional.of(change), digests.all()), new FeedEntries(entries, at));
  }

  private ChangeResult<StoredChange<Optional<SecretsChange<T>>>> unchanged(
      SecretsChange<T> change, Set<TokenDigest> ended) {
    StoredChange<Optional<SecretsChange<T>>> result =
        new StoredChange<>(Optional.of(change), ended);
    return ended.isEmpty()
        ? ChangeResult.unchanged(result)
        : ChangeResult.alreadyDone(result, ChangeCounter.read(session));
  }

  /**
   * Ends the previous secret of the token, unless the change keeps this secret. Returns the feed
   * entry for this secret; empty if the token had no previous secret.
   */
  private Optional<FeedEntries.Entry> endPrevious(
      Connection connection, SecretsChange<T> change, Instant at) throws SQLException {
    if (previous == null) {
      return Optional.empty();
    }
    boolean kept = keeps(change, previous.secret().number());
    if (!kept) {
      var unused =
          update(
              connection,
              "update access_token_secrets set ended_at = ? where token_hash = ?",
              at,
              previous.digest().bytes());
    }
    return Optional.of(entry(kept, previous.digest()));
  }

  private static boolean keeps(SecretsChange<?> change, int secretNumber) {
    PreviousSecret after = change.token().secrets().previous();
    return after != null && after.number() == secretNumber;
  }

  /**
   * Returns the feed entry for a secret. The kind of the entry is {@code CHANGED} if the change
   * keeps the secret, and otherwise {@code REVOKED}. An ended secret never becomes valid again.
   */
  private static FeedEntries.Entry entry(boolean kept, TokenDigest digest) {
    return new FeedEntries.Entry(kept ? ChangeFeed.CHANGED : ChangeFeed.REVOKED, digest);
  }

  /**
   * Writes the row of the token. If the token has a new secret, adds a row for the replaced secret
   * too. Returns the feed entry for the secret that was current before the change.
   */
  private FeedEntries.Entry replaceCurrent(
      Connection connection, SecretsChange<T> change, Instant at) throws SQLException {
    TokenDigest added = change.digest();
    write(connection, change.token(), added == null ? row.digest() : added, at);
    if (added == null) {
      return entry(true, row.digest());
    }
    boolean kept = keeps(change, row.secretNumber());
    PreviousSecret after = kept ? change.token().secrets().previous() : null;
    var unused =
        update(
            connection,
            "insert into access_token_secrets (token_hash, token_id, secret_number, token_prefix,"
                + " replaced_at, expires_at, ends_on_first_use, ended_at)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?)",
            row.digest().bytes(),
            row.id(),
            row.secretNumber(),
            row.token(null).tokenPrefix(),
            at,
            after == null ? at : after.expiresAt(),
            after != null && after.endsOnFirstUse(),
            after == null ? at : null);
    return entry(kept, row.digest());
  }

  /**
   * Writes the columns of the token's row that depend on the secrets.
   *
   * @param digest the digest of the raw token with the current secret
   * @param now the instant of the change
   */
  private void write(Connection connection, T token, TokenDigest digest, Instant now)
      throws SQLException {
    boolean staged = table.kind() == RawToken.Kind.SERVICE;
    String sql =
        "update "
            + table.name()
            + " set token_hash = ?, "
            + table.prefixColumn()
            + " = ?, expires_at = ?, secret_number = ?, secret_created_at = ?, secret_used_at = ?,"
            + " lifetime_millis = ?"
            + (staged ? ", stage = ?" : "")
            + " where id = ?";
    TokenSecrets secrets = token.secrets();
    List<@Nullable Object> values = new ArrayList<>();
    values.add(digest.bytes());
    values.add(token.tokenPrefix());
    values.add(token.expiresAt());
    values.add(secrets.number());
    values.add(secrets.createdAt());
    values.add(secrets.usedAt());
    values.add(secrets.lifetime().toMillis());
    if (staged) {
      values.add(TokenEntity.stage(token, now));
    }
    values.add(token.id().toString());
    var unused = update(connection, sql, values.toArray());
  }
}
