package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.Statements;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.query.TokenUser;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.verify.EntityRef;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** Finds the users with live personal tokens. */
public final class TokenUserListing {

  private TokenUserListing() {}

  /**
   * Returns users in the order of their refs. The query reads the index by user in this order, and
   * ends with the last user of the page.
   */
  public static List<TokenUser> read(StatelessSession session, TokenUserQuery query, Instant now) {
    WhereClause where = live(query, now);
    query.after().ifPresent(after -> where.and("t.user_entity_ref > ?", after.toString()));
    StringBuilder sql =
        new StringBuilder(
                "select t.user_entity_ref, count(*), max(t.last_used_at), min(t.expires_at) from ")
            .append(PersonalTokenEntity.TABLE)
            .append(" t");
    List<Object> parameters = new ArrayList<>();
    where.appendTo(sql, parameters);
    sql.append(" group by t.user_entity_ref order by t.user_entity_ref limit ?");
    parameters.add(query.limit());
    return session.doReturningWork(
        connection ->
            Statements.query(
                connection, sql.toString(), TokenUserListing::user, parameters.toArray()));
  }

  private static TokenUser user(ResultSet row) throws SQLException {
    return new TokenUser(
        EntityRef.parseUser(row.getString(1))
            .orElseThrow(() -> new IllegalStateException("a row holds an invalid user ref")),
        row.getLong(2),
        instant(row.getObject(3, LocalDateTime.class)),
        row.getObject(4, LocalDateTime.class).toInstant(ZoneOffset.UTC));
  }

  private static @Nullable Instant instant(@Nullable LocalDateTime column) {
    return column == null ? null : column.toInstant(ZoneOffset.UTC);
  }

  /** Returns the number of matching users on all pages, or a lower bound. */
  public static BoundedCount count(StatelessSession session, TokenUserQuery query, Instant now) {
    StringBuilder sql =
        new StringBuilder("select count(*) from (select distinct t.user_entity_ref from ")
            .append(PersonalTokenEntity.TABLE)
            .append(" t");
    List<Object> parameters = new ArrayList<>();
    live(query, now).appendTo(sql, parameters);
    sql.append(" limit ").append(BoundedCount.EXACT_UP_TO + 1).append(") u");
    return BoundedCount.ofCounted(
        TokenListing.bound(session.createNativeQuery(sql.toString(), Long.class), parameters)
            .getSingleResult());
  }

  private static WhereClause live(TokenUserQuery query, Instant now) {
    WhereClause where =
        new WhereClause()
            .and("t.revoked_at is null")
            .and("t.expires_at > ?", InstantConverter.column(now));
    query
        .text()
        .ifPresent(
            text ->
                where.and(
                    "("
                        + DatabaseKind.withoutFinalSigma("t.user_entity_ref", text)
                        + " like ? escape '!' or t.user_entity_ref in"
                        + " (select p.user_entity_ref from personal_access_tokens p"
                        + " where p.prefix = ?))",
                    ListBranch.pattern(query.refPart().orElse(text)),
                    text));
    return where;
  }
}
