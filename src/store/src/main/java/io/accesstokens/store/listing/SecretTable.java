package io.accesstokens.store.listing;

import static io.accesstokens.store.jdbc.Statements.first;
import static io.accesstokens.store.jdbc.Statements.forEach;

import io.accesstokens.store.entity.AccessTokenEntity;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code access_token_secrets}: the secrets of service tokens and personal tokens that are
 * not current. The row of a token contains its current secret. Tokens that were never rotated have
 * no rows in this table. Therefore reads for these tokens execute no statement.
 */
public final class SecretTable {

  private SecretTable() {}

  /**
   * The previous secret of a token.
   *
   * @param digest the digest of the raw token with this secret
   */
  public record Previous(TokenDigest digest, PreviousSecret secret) {}

  /**
   * The digests of secrets of a token that are not current.
   *
   * @param previous the digest of the previous secret, if there is one
   * @param ended the digests of the secrets that ended recently
   */
  public record OtherDigests(Set<TokenDigest> previous, Set<TokenDigest> ended) {

    /** Returns an empty instance. */
    public static OtherDigests none() {
      return new OtherDigests(new HashSet<>(), new HashSet<>());
    }

    private void add(TokenDigest digest, boolean isEnded) {
      (isEnded ? ended : previous).add(digest);
    }
  }

  /**
   * Returns the tokens of the given rows, with their previous secrets, in the order of the rows.
   */
  public static <T extends AccessToken> List<T> tokens(
      StatelessSession session, List<? extends AccessTokenEntity<T>> rows) {
    Map<String, Previous> found =
        previous(
            session,
            rows.stream()
                .filter(AccessTokenEntity::isRotated)
                .map(AccessTokenEntity::id)
                .distinct()
                .toList());
    return rows.stream().map(row -> token(row, found.get(row.id()))).toList();
  }

  private static <T extends AccessToken> T token(
      AccessTokenEntity<T> row, @Nullable Previous previous) {
    // The row was read before the secrets. A rotation between the two reads can turn the secret of
    // the row into the previous secret.
    return row.token(
        previous == null || previous.secret().number() >= row.secretNumber()
            ? null
            : previous.secret());
  }

  /** Returns the previous secret of a token whose row is locked; null if it has none. */
  public static @Nullable Previous previous(StatelessSession session, AccessTokenEntity<?> row) {
    return row.isRotated() ? previous(session, List.of(row.id())).get(row.id()) : null;
  }

  /** Returns the previous secrets of tokens, by token id. Omits a secret whose end is recorded. */
  public static Map<String, Previous> previous(
      StatelessSession session, Collection<String> tokenIds) {
    if (tokenIds.isEmpty()) {
      return Map.of();
    }
    InList<String> ids = InList.of(tokenIds);
    String sql =
        "select token_id, token_hash, secret_number, token_prefix, expires_at, ends_on_first_use,"
            + " last_used_at, last_used_address, uses_day, uses from access_token_secrets"
            + " where ended_at is null and token_id in "
            + ids.marks()
            + " order by secret_number";
    return session.doReturningWork(
        connection -> {
          Map<String, Previous> found = new HashMap<>();
          forEach(
              connection,
              sql,
              row -> found.put(row.getString("token_id"), previous(row)),
              ids.values().toArray());
          return found;
        });
  }

  private static Previous previous(ResultSet row) throws SQLException {
    LocalDateTime lastUsedAt = row.getObject("last_used_at", LocalDateTime.class);
    return new Previous(
        TokenDigest.of(row.getBytes("token_hash")),
        new PreviousSecret(
            row.getInt("secret_number"),
            row.getString("token_prefix"),
            row.getObject("expires_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
            row.getBoolean("ends_on_first_use"),
            lastUsedAt == null ? null : lastUsedAt.toInstant(ZoneOffset.UTC),
            row.getString("last_used_address"),
            row.getObject("uses_day", LocalDate.class),
            row.getLong("uses")));
  }

  /** Returns the secrets that have these digests and are not current, by digest. */
  public static Map<TokenDigest, SecretId> find(
      StatelessSession session, Collection<TokenDigest> digests) {
    if (digests.isEmpty()) {
      return Map.of();
    }
    InList<TokenDigest> hashes = InList.of(digests);
    String sql =
        "select token_hash, token_id, secret_number from access_token_secrets where token_hash in "
            + hashes.marks();
    return session.doReturningWork(
        connection -> {
          Map<TokenDigest, SecretId> found = new HashMap<>();
          forEach(
              connection,
              sql,
              row ->
                  found.put(
                      TokenDigest.of(row.getBytes(1)),
                      new SecretId(UUID.fromString(row.getString(2)), row.getInt(3))),
              hashes.values().stream().map(TokenDigest::bytes).toArray());
          return found;
        });
  }

  /**
   * Returns the digests of previous secrets and of recently ended secrets, by token id. {@link
   * io.accesstokens.token.store.AccessTokenStore#digests} explains which secrets ended recently.
   *
   * @param tokenIds the ids of tokens that were rotated
   */
  public static Map<String, OtherDigests> digests(
      StatelessSession session, Collection<String> tokenIds) {
    if (tokenIds.isEmpty()) {
      return Map.of();
    }
    InList<String> ids = InList.of(tokenIds);
    // All supported databases accept this interval.
    String sql =
        "select s.token_id, s.token_hash, case when s.ended_at is null then 0 else 1 end"
            + " from access_token_secrets s join (select e.token_id, max(e.ended_at) as latest"
            + " from access_token_secrets e where e.token_id in "
            + ids.marks()
            + " group by e.token_id) m on m.token_id = s.token_id"
            + " where s.ended_at is null or s.ended_at >= m.latest - interval '60' second";
    return session.doReturningWork(
        connection -> {
          Map<String, OtherDigests> found = new HashMap<>();
          forEach(
              connection,
              sql,
              row ->
                  found
                      .computeIfAbsent(row.getString(1), id -> OtherDigests.none())
                      .add(TokenDigest.of(row.getBytes(2)), row.getInt(3) == 1),
              ids.values().toArray());
          return found;
        });
  }

  /**
   * Returns the first characters of the raw token with the given secret. Returns empty if the table
   * does not contain the secret, for example for the current secret of a token.
   */
  public static Optional<String> prefix(Connection connection, SecretId secret)
      throws SQLException {
    return first(
        connection,
        "select token_prefix from access_token_secrets where token_id = ? and secret_number = ?",
        row -> row.getString(1),
        secret.tokenId().toString(),
        secret.number());
  }
}
