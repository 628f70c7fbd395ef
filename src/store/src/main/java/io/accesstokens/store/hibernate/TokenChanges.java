package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.AccessTokenEntity;
import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.JsonText;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges.ChangeResult;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.store.StoredChange;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.ChangeFeed;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.StatelessSession;

/** Changes the properties of service tokens. */
final class TokenChanges {

  private TokenChanges() {}

  /**
   * Changes a token and writes the audit log. Does not write the feed entries. The row of the token
   * is locked while {@code work} runs.
   *
   * @return the update, which is empty if no token has this id, and the feed entries that the
   *     caller must write
   */
  static ChangeResult<StoredChange<Optional<TokenUpdate>>> update(
      StatelessSession session, UUID id, Function<ServiceToken, TokenUpdate> work) {
    Optional<AccessTokenEntity<ServiceToken>> locked = TokenTable.SERVICE.locked(session, id);
    if (locked.isEmpty()) {
      return ChangeResult.unchanged(new StoredChange<>(Optional.empty(), Set.of()));
    }
    AccessTokenEntity<ServiceToken> row = locked.get();
    SecretTable.Previous previous = SecretTable.previous(session, row);
    TokenUpdate update = work.apply(row.token(previous == null ? null : previous.secret()));
    StoredDigests digests = StoredDigests.read(session, row);
    StoredChange<Optional<TokenUpdate>> result =
        new StoredChange<>(Optional.of(update), digests.all());
    AuditEvent updated = update.updated();
    if (updated == null) {
      return ChangeResult.alreadyDone(result, ChangeCounter.read(session));
    }
    write(session, update.token());
    PreviousSecret after = update.token().secrets().previous();
    if (previous != null && after != null && !after.equals(previous.secret())) {
      writeEnd(session, id, after);
    }
    TokenTable.SERVICE.append(session, updated);
    return ChangeResult.changed(
        result, FeedEntries.of(ChangeFeed.CHANGED, digests.valid(), updated.occurredAt()));
  }

  /**
   * Updates only the columns that a change can affect, so that all other columns keep their values.
   */
  private static void write(StatelessSession session, ServiceToken token) {
    session
        // Native SQL: the first translation of HQL can take longer than the database lets a
        // transaction be idle.
        .createNativeMutationQuery(
            "update service_access_tokens set description = :description, scopes = :scopes,"
                + " expires_at = :expiresAt, allowed_addresses = :addresses,"
                + " requests_per_minute = :requests, lifetime_millis = :lifetime where id = :id")
        .setParameter("description", token.description())
        .setParameter("scopes", JsonText.ofList(token.scopes()))
        .setParameter("expiresAt", InstantConverter.column(token.expiresAt()))
        .setParameter("addresses", TokenEntity.addresses(token.limits()), String.class)
        .setParameter("requests", token.limits().requestsPerMinute(), Integer.class)
        // The row of a token of an earlier version does not contain the lifetime. Without this
        // value, the lifetime would be computed from the new expiry.
        .setParameter("lifetime", token.secrets().lifetime().toMillis())
        .setParameter("id", token.id().toString())
        .executeUpdate();
  }

  /**
   * Writes the end of a previous secret. A new, earlier expiry of the token can make this end
   * earlier.
   */
  private static void writeEnd(StatelessSession session, UUID id, PreviousSecret previous) {
    session
        .createNativeMutationQuery(
            "update access_token_secrets set expires_at = :expiresAt where token_id = :id"
                + " and secret_number = :number")
        .setParameter("expiresAt", InstantConverter.column(previous.expiresAt()))
        .setParameter("id", id.toString())
        .setParameter("number", previous.number())
        .executeUpdate();
  }
}
