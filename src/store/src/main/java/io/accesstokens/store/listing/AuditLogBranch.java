package io.accesstokens.store.listing;

import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.PersonalAuditEntity;
import io.accesstokens.store.entity.PersonalTokenEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A part of the audit events that match a filter. An index returns the events of a branch, usually
 * in the order of time.
 *
 * <p>Each matching event is in exactly one branch. The events of personal tokens are one branch.
 * For service tokens, a filter without groups has one branch. A filter with groups has one branch
 * for each group; more than {@link TokenListing#MAX_MERGED_GROUPS} groups share one branch. A
 * filter with groups also has a branch for the events that an older version wrote without a group.
 * Maintenance adds the group to these events later.
 *
 * @param table the table of the events
 * @param hint the SQL text that makes the database use the index; an empty text if the database
 *     chooses the index
 * @param condition the condition that selects the events of the branch
 * @param sortPrefix the columns with which a sort must begin, see {@link WhereClause#sortPrefix}
 */
public record AuditLogBranch(
    String table, String hint, WhereClause condition, List<String> sortPrefix) {

  private static final String INDEX = AuditEntity.TABLE + '_';

  /**
   * An index of the events of service tokens.
   *
   * @param hint the hint of the branches that use the index
   * @param leading the columns of the index before the columns for the order of time
   */
  private record Index(String hint, List<String> leading) {

    AuditLogBranch branch(WhereClause condition, DatabaseKind databaseKind) {
      return new AuditLogBranch(
          AuditEntity.TABLE, hint, condition, condition.sortPrefix(leading, databaseKind));
    }
  }

  /**
   * Returns the branches of a filter. If the filter has more than {@link
   * TokenListing#MAX_MERGED_GROUPS} groups, one branch has the events of all these groups. The
   * index of this branch is not in the order of time.
   */
  static List<AuditLogBranch> of(AuditLogFilter filter, DatabaseKind databaseKind) {
    return of(filter, index(filter, filter.owners().isPresent(), databaseKind), databaseKind);
  }

  /**
   * Returns the branches of a filter with more than {@link TokenListing#MAX_MERGED_GROUPS} groups.
   * The branch of these groups reads an index in the order of time. This index contains the events
   * of other groups too.
   */
  static List<AuditLogBranch> byTime(AuditLogFilter filter, DatabaseKind databaseKind) {
    return of(filter, index(filter, false, databaseKind), databaseKind);
  }

  private static List<AuditLogBranch> of(
      AuditLogFilter filter, Index index, DatabaseKind databaseKind) {
    WhereClause common = common(filter);
    if (filter.kind() == AuditLogFilter.Kind.PERSONAL) {
      return List.of(personal(filter, common, databaseKind));
    }
    if (filter.owners().isEmpty()) {
      return List.of(index.branch(common, databaseKind));
    }
    List<AuditLogBranch> branches = new ArrayList<>();
    List<String> groups = filter.owners().get().stream().map(EntityRef::toString).toList();
    List<List<String>> parts =
        TokenListing.hasManyGroups(filter.owners())
            ? List.of(groups)
            : groups.stream().map(List::of).toList();
    for (List<String> part : parts) {
      branches.add(index.branch(common.copy().in("a.group_entity_ref", part), databaseKind));
    }
    String ofThese =
        "a.group_entity_ref is null and exists (select 1 from "
            + TokenEntity.TABLE
            + " t where t.id = a.token_id and t.group_entity_ref in ("
            + String.join(", ", Collections.nCopies(groups.size(), "?"))
            + "))";
    branches.add(
        new AuditLogBranch(
            AuditEntity.TABLE,
            filter.id().isPresent() ? "" : databaseKind.indexHint(INDEX + "group"),
            common.copy().and(ofThese, groups.toArray()),
            List.of()));
    return branches;
  }

  /**
   * Returns the only branch of a filter for personal tokens. If the filter has no event id, no
   * token and no owner, the branch uses the index of all events in the order of time. Otherwise the
   * database chooses the index.
   */
  private static AuditLogBranch personal(
      AuditLogFilter filter, WhereClause condition, DatabaseKind databaseKind) {
    filter
        .owners()
        .ifPresent(
            owners ->
                condition.and(
                    "a.token_id in (select t.id from "
                        + PersonalTokenEntity.TABLE
                        + " t where t.user_entity_ref in ("
                        + String.join(", ", Collections.nCopies(owners.size(), "?"))
                        + "))",
                    owners.stream().map(EntityRef::toString).toArray()));
    boolean byTime =
        filter.id().isEmpty() && filter.tokenId().isEmpty() && filter.owners().isEmpty();
    return new AuditLogBranch(
        PersonalAuditEntity.TABLE,
        byTime ? databaseKind.indexHint(PersonalAuditEntity.TABLE + "_newest") : "",
        condition,
        List.of());
  }

  private static WhereClause common(AuditLogFilter filter) {
    WhereClause condition = new WhereClause();
    filter.id().ifPresent(id -> condition.and("a.id = ?", id.toString()));
    filter.tokenId().ifPresent(id -> condition.equal("a.token_id", id.toString()));
    filter.actor().ifPresent(actor -> by(condition, actor, filter.kind()));
    filter.type().map(AuditEvent.Type::text).ifPresent(type -> condition.equal("a.event", type));
    filter
        .from()
        .ifPresent(from -> condition.and("a.occurred_at >= ?", InstantConverter.column(from)));
    filter
        .before()
        .ifPresent(before -> condition.and("a.occurred_at < ?", InstantConverter.column(before)));
    return condition;
  }

  /** Adds the condition that an event has the given actor. */
  private static void by(WhereClause condition, String actor, AuditLogFilter.Kind kind) {
    if (kind == AuditLogFilter.Kind.PERSONAL) {
      condition.and("a.actor = ?", actor);
    } else {
      condition.byKey("a.actor", actor);
    }
  }

  private static Index index(AuditLogFilter filter, boolean byGroup, DatabaseKind databaseKind) {
    if (filter.id().isPresent()
        || (byGroup && filter.tokenId().isEmpty() && filter.actor().isPresent())) {
      return new Index("", List.of()); // the primary key, or an index that the database chooses
    }
    if (filter.tokenId().isPresent()) {
      return new Index(databaseKind.indexHint(INDEX + "token"), List.of("a.token_id"));
    }
    Map<String, String> fitting = new LinkedHashMap<>();
    if (byGroup) {
      fitting.put("group", "a.group_entity_ref");
    }
    filter.actor().ifPresent(actor -> fitting.put("actor", "a.actor_key"));
    filter.type().ifPresent(type -> fitting.put("event", "a.event"));
    return new Index(
        databaseKind.indexHint(
            INDEX + (fitting.isEmpty() ? "newest" : String.join("_", fitting.keySet()))),
        List.copyOf(fitting.values()));
  }

  /** Returns the SQL text that sorts the events of this branch by time, the newest first. */
  String newestFirst() {
    return Stream.concat(sortPrefix.stream(), Stream.of("a.occurred_at", "a.seq"))
        .map(column -> column + " desc")
        .collect(Collectors.joining(", ", " order by ", ""));
  }

  /**
   * Appends a query that selects an expression of each matching row.
   *
   * @param what the SQL expression to select
   * @param narrower the condition of this branch, possibly with further conditions
   * @param values the list to which the parameter values of the query are added
   */
  void select(StringBuilder sql, String what, WhereClause narrower, List<Object> values) {
    sql.append("select ").append(what).append(" from ").append(table).append(" a");
    sql.append(hint);
    narrower.appendTo(sql, values);
  }
}
