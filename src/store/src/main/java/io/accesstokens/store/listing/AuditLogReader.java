package io.accesstokens.store.listing;

import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogPosition;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.verify.EntityRef;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit log of all service tokens.
 *
 * <p>Each filter has an index that returns the matching events in the order of time ({@link
 * AuditLogBranch}). Therefore a query reads only up to the end of its page. The first query returns
 * only ids, the second query reads the rows of the page, and the third query reads the names of the
 * tokens.
 */
public final class AuditLogReader {

  /**
   * Maximum offset of a page, in rows. No table has so many rows. The limit prevents an overflow of
   * {@code offset + limit}.
   */
  private static final long FARTHEST_OFFSET = 1L << 40;

  private final DatabaseKind vendor;

  public AuditLogReader(DatabaseKind vendor) {
    this.vendor = vendor;
  }

  private record Named(String name, String prefix, EntityRef group) {}

  /** Returns the group of a token, or null if the token does not exist. */
  public static @Nullable EntityRef groupOf(StatelessSession session, UUID tokenId) {
    return session
        .createSelectionQuery("select t.group from TokenEntity t where t.id = :id", String.class)
        .setParameter("id", tokenId.toString())
        .uniqueResultOptional()
        .map(TokenEntity::ref)
        .orElse(null);
  }

  public AuditLogPage page(StatelessSession session, AuditLogQuery query) {
    return AuditLogPage.of(
        query.limit() == 0 ? List.of() : entries(session, query, query.limit() + 1),
        query,
        total(session, query.filter()));
  }

  /**
   * Reads the entries of a page.
   *
   * @param limit the maximum number of entries; replaces the limit of the query
   */
  public List<AuditLogEntry> entries(StatelessSession session, AuditLogQuery query, int limit) {
    if (matchesNothing(query.filter())) {
      return List.of();
    }
    List<String> ids = ids(session, query, limit);
    if (ids.isEmpty()) {
      return List.of();
    }
    Map<String, AuditEntity> rows = new HashMap<>();
    session
        .createSelectionQuery("from AuditEntity a where a.id in (:ids)", AuditEntity.class)
        .setParameterList("ids", ids)
        .getResultStream()
        .forEach(row -> rows.put(row.event().id().toString(), row));
    List<AuditEntity> page = ids.stream().map(rows::get).filter(Objects::nonNull).toList();
    Map<UUID, Named> tokens = tokens(session, page);
    return page.stream().map(row -> entry(row, tokens.get(row.event().tokenId()))).toList();
  }

  private static boolean matchesNothing(AuditLogFilter filter) {
    return filter.groups().map(Set::isEmpty).orElse(false);
  }

  private static AuditLogEntry entry(AuditEntity row, @Nullable Named token) {
    return new AuditLogEntry(
        row.event(),
        row.number(),
        token == null ? null : token.name(),
        token == null ? null : token.prefix(),
        token == null ? null : token.group());
  }

  private static Map<UUID, Named> tokens(StatelessSession session, List<AuditEntity> page) {
    Set<String> ids =
        page.stream().map(row -> row.event().tokenId().toString()).collect(Collectors.toSet());
    Map<UUID, Named> tokens = new HashMap<>();
    session
        .createSelectionQuery(
            "select t.id, t.name, t.tokenPrefix, t.group from TokenEntity t where t.id in (:ids)",
            Object[].class)
        .setParameterList("ids", ids)
        .getResultStream()
        .forEach(
            row ->
                tokens.put(
                    UUID.fromString((String) row[0]),
                    new Named((String) row[1], (String) row[2], TokenEntity.ref((String) row[3]))));
    return tokens;
  }

  private List<String> ids(StatelessSession session, AuditLogQuery query, int limit) {
    long offset = Math.min(query.offset(), FARTHEST_OFFSET);
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder("select u.id from (");
    String separator = "";
    for (AuditLogBranch branch : AuditLogBranch.of(query.filter(), vendor)) {
      WhereClause condition = branch.condition().copy();
      query.after().ifPresent(after -> older(condition, after));
      sql.append(separator).append('(');
      branch.select(sql, "a.id, a.occurred_at, a.seq", condition, parameters);
      // The limit is not a parameter. TokenListing explains why.
      sql.append(" order by a.occurred_at desc, a.seq desc limit ").append(offset + limit);
      sql.append(')');
      separator = " union all ";
    }
    sql.append(") u order by u.occurred_at desc, u.seq desc limit ? offset ?");
    parameters.add((long) limit);
    parameters.add(offset);
    return TokenListing.bound(session.createNativeQuery(sql.toString(), String.class), parameters)
        .getResultList();
  }

  /**
   * Adds the condition that an event is older than a position. The condition does not use a row
   * comparison {@code (a, b) < (?, ?)}, because MariaDB would then read the index from its start.
   */
  private static void older(WhereClause condition, AuditLogPosition after) {
    LocalDateTime at = InstantConverter.column(after.occurredAt());
    condition
        .and("a.occurred_at <= ?", at)
        .and("(a.occurred_at < ? or a.seq < ?)", at, after.number());
  }

  private BoundedCount total(StatelessSession session, AuditLogFilter filter) {
    if (matchesNothing(filter)) {
      return new BoundedCount(0, false);
    }
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder("select ");
    String separator = "";
    for (AuditLogBranch branch : AuditLogBranch.of(filter, vendor)) {
      sql.append(separator).append("(select count(*) from (");
      branch.select(sql, "1 as one", branch.condition(), parameters);
      sql.append(" limit ").append(BoundedCount.EXACT_UP_TO + 1).append(") c)");
      separator = " + ";
    }
    return BoundedCount.ofCounted(
        TokenListing.bound(session.createNativeQuery(sql.toString(), Long.class), parameters)
            .getSingleResult());
  }
}
