package io.accesstokens.store.listing;

import io.accesstokens.store.entity.AuditColumns;
import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.entity.PersonalTokenEntity;
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
 * Reads the audit log of all service tokens, or of all personal tokens.
 *
 * <p>For most filters, an index returns the matching events in the order of time ({@link
 * AuditLogBranch}). The query then reads only up to the end of its page.
 *
 * <p>For a filter with more than {@link TokenListing#MAX_MERGED_GROUPS} groups, no index returns
 * the matching events in this order. If at most {@link BoundedCount#EXACT_UP_TO} events match, the
 * query sorts these events. Otherwise the query reads an index in the order of time, and skips the
 * events of other groups.
 *
 * <p>One query returns only the ids of a page, the next query reads its rows, and the last query
 * reads the names of the tokens.
 */
public final class AuditLogReader {

  /**
   * Maximum offset of a page, in rows. No table has so many rows. The limit prevents an overflow of
   * {@code offset + limit}.
   */
  private static final long FARTHEST_OFFSET = 1L << 40;

  /** Number of events at which counting stops. */
  private static final int MAX_COUNTED = BoundedCount.EXACT_UP_TO + 1;

  private final DatabaseKind databaseKind;

  public AuditLogReader(DatabaseKind databaseKind) {
    this.databaseKind = databaseKind;
  }

  private record Named(String name, String prefix, EntityRef owner) {}

  /**
   * Returns the group of a token, or null if the token does not exist.
   *
   * <p>The query is plain SQL, because transactions run it. The database ends a transaction that is
   * idle for one second, and the translation of an HQL query at its first use can take longer.
   */
  public static @Nullable EntityRef groupOf(StatelessSession session, UUID tokenId) {
    return session
        .createNativeQuery(
            "select t.group_entity_ref from service_access_tokens t where t.id = :id", String.class)
        .setParameter("id", tokenId.toString())
        .uniqueResultOptional()
        .map(TokenEntity::ref)
        .orElse(null);
  }

  public AuditLogPage page(StatelessSession session, AuditLogQuery query) {
    BoundedCount total = total(session, query.filter());
    return AuditLogPage.of(
        query.limit() == 0
            ? List.of()
            : entries(session, query, query.limit() + 1, total.lowerBound()),
        query,
        total);
  }

  /**
   * Reads the entries of a page.
   *
   * @param limit the maximum number of entries; replaces the limit of the query
   */
  public List<AuditLogEntry> entries(StatelessSession session, AuditLogQuery query, int limit) {
    AuditLogFilter filter = query.filter();
    boolean many =
        TokenListing.hasManyGroups(filter.owners()) && total(session, filter).lowerBound();
    return entries(session, query, limit, many);
  }

  /**
   * Reads the entries of a page.
   *
   * @param many true if more than {@link BoundedCount#EXACT_UP_TO} events match
   */
  private List<AuditLogEntry> entries(
      StatelessSession session, AuditLogQuery query, int limit, boolean many) {
    if (matchesNothing(query.filter())) {
      return List.of();
    }
    List<String> ids = ids(session, query, limit, many);
    if (ids.isEmpty()) {
      return List.of();
    }
    boolean isService = query.filter().kind() == AuditLogFilter.Kind.SERVICE;
    Class<? extends AuditColumns> entity =
        isService ? AuditEntity.class : PersonalAuditEntity.class;
    Map<String, AuditColumns> rows = new HashMap<>();
    session
        .createSelectionQuery("from " + entity.getSimpleName() + " a where a.id in (:ids)", entity)
        .setParameterList("ids", ids)
        .getResultStream()
        .forEach(row -> rows.put(row.event().id().toString(), row));
    List<AuditColumns> page = ids.stream().map(rows::get).filter(Objects::nonNull).toList();
    Map<UUID, Named> tokens = tokens(session, page, isService);
    return page.stream().map(row -> entry(row, tokens.get(row.event().tokenId()))).toList();
  }

  private static boolean matchesNothing(AuditLogFilter filter) {
    return filter.owners().map(Set::isEmpty).orElse(false);
  }

  private static AuditLogEntry entry(AuditColumns row, @Nullable Named token) {
    return new AuditLogEntry(
        row.event(),
        row.number(),
        token == null ? null : token.name(),
        token == null ? null : token.prefix(),
        token == null ? null : token.owner());
  }

  private static Map<UUID, Named> tokens(
      StatelessSession session, List<AuditColumns> page, boolean isService) {
    Set<String> ids =
        page.stream().map(row -> row.event().tokenId().toString()).collect(Collectors.toSet());
    Map<UUID, Named> tokens = new HashMap<>();
    session
        .createSelectionQuery(
            isService
                ? "select t.id, t.name, t.tokenPrefix, t.group from TokenEntity t"
                    + " where t.id in (:ids)"
                : "select t.id, t.name, t.tokenPrefix, t.owner from PersonalTokenEntity t"
                    + " where t.id in (:ids)",
            Object[].class)
        .setParameterList("ids", ids)
        .getResultStream()
        .forEach(
            row ->
                tokens.put(
                    UUID.fromString((String) row[0]),
                    new Named(
                        (String) row[1],
                        (String) row[2],
                        isService
                            ? TokenEntity.ref((String) row[3])
                            : PersonalTokenEntity.ref((String) row[3]))));
    return tokens;
  }

  private List<String> ids(StatelessSession session, AuditLogQuery query, int limit, boolean many) {
    long offset = Math.min(query.offset(), FARTHEST_OFFSET);
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder("select u.id from (");
    String separator = "";
    for (AuditLogBranch branch : branches(query.filter(), many)) {
      WhereClause condition = branch.condition().copy();
      query.after().ifPresent(after -> older(condition, after));
      sql.append(separator).append('(');
      branch.select(sql, "a.id, a.occurred_at, a.seq", condition, parameters);
      // The limit is not a parameter. TokenListing explains why.
      sql.append(branch.newestFirst()).append(" limit ").append(offset + limit);
      sql.append(')');
      separator = " union all ";
    }
    sql.append(") u order by u.occurred_at desc, u.seq desc limit ? offset ?");
    parameters.add((long) limit);
    parameters.add(offset);
    return TokenListing.bound(session.createNativeQuery(sql.toString(), String.class), parameters)
        .getResultList();
  }

  private List<AuditLogBranch> branches(AuditLogFilter filter, boolean many) {
    return many && TokenListing.hasManyGroups(filter.owners())
        ? AuditLogBranch.byTime(filter, databaseKind)
        : AuditLogBranch.of(filter, databaseKind);
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

  /**
   * Counts the matching events, up to the limit of {@link BoundedCount}.
   *
   * <p>The cost does not grow with the number of groups. The first query counts each branch up to a
   * limit. The sum of these limits is about twice the limit of {@link BoundedCount}. If the total
   * is below the limit of {@link BoundedCount}, less than half of the branches have reached their
   * limits. The next query counts only these branches, with a higher limit for each.
   */
  public BoundedCount total(StatelessSession session, AuditLogFilter filter) {
    if (matchesNothing(filter)) {
      return new BoundedCount(0, false);
    }
    List<AuditLogBranch> branches = AuditLogBranch.of(filter, databaseKind);
    long counted = 0; // the events of the branches that are counted completely
    while (true) {
      int limit = Math.min(MAX_COUNTED, 2 * (MAX_COUNTED / branches.size() + 1));
      Map<Integer, Long> counts = counts(session, branches, limit);
      List<AuditLogBranch> larger = new ArrayList<>();
      long total = counted;
      for (int i = 0; i < branches.size(); i++) {
        long count = counts.getOrDefault(i, 0L);
        total += count;
        if (count < limit) {
          counted += count;
        } else {
          larger.add(branches.get(i));
        }
      }
      if (larger.isEmpty() || total >= MAX_COUNTED) {
        return BoundedCount.ofCounted(total);
      }
      branches = larger;
    }
  }

  /**
   * Counts the events of each branch, up to a limit. The keys of the result are the positions of
   * the branches in the list.
   */
  private static Map<Integer, Long> counts(
      StatelessSession session, List<AuditLogBranch> branches, int limit) {
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < branches.size(); i++) {
      AuditLogBranch branch = branches.get(i);
      sql.append(i == 0 ? "select " : " union all select ").append(i);
      sql.append(" as branch, count(*) as events from (");
      branch.select(sql, "1 as one", branch.condition(), parameters);
      // The limit is not a parameter. TokenListing explains why.
      sql.append(" limit ").append(limit).append(") c");
    }
    Map<Integer, Long> counts = new HashMap<>();
    TokenListing.bound(session.createNativeQuery(sql.toString(), Object[].class), parameters)
        .getResultStream()
        .forEach(row -> counts.put(((Number) row[0]).intValue(), ((Number) row[1]).longValue()));
    return counts;
  }
}
