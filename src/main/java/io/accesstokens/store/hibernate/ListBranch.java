package io.accesstokens.store.hibernate;

import io.accesstokens.token.ListPosition;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenQuery;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A part of the tokens that match a query, which one index finds. The branches of a query have no
 * token in common.
 */
final class ListBranch {

  private static final String INDEX = "service_access_tokens_";

  private final String index;
  private final StringBuilder where = new StringBuilder();
  private final List<Object> parameters = new ArrayList<>();

  private ListBranch(String index) {
    this.index = INDEX + index;
  }

  /** Branches that each give the order of the list by their index: one a group. */
  static List<ListBranch> ordered(TokenQuery query, Instant now) {
    List<List<EntityRef>> parts = new ArrayList<>();
    groups(query).forEach(group -> parts.add(List.of(group)));
    return branches(query, parts.isEmpty() ? List.of(List.of()) : parts, now);
  }

  /** As few branches as possible, for counting. */
  static List<ListBranch> unordered(TokenQuery query, Instant now) {
    return branches(query, List.of(groups(query)), now);
  }

  /** The groups asked for; none stands for all. */
  private static List<EntityRef> groups(TokenQuery query) {
    List<EntityRef> groups = new ArrayList<>();
    query.groups().ifPresent(groups::addAll);
    return groups;
  }

  /**
   * @param parts the groups of each branch
   */
  private static List<ListBranch> branches(
      TokenQuery query, List<List<EntityRef>> parts, Instant now) {
    List<ListBranch> branches = new ArrayList<>();
    for (List<EntityRef> part : parts) {
      ListBranch branch = new ListBranch(standingIndex(part, query.status()));
      branch.inGroups(part);
      query.status().ifPresent(status -> branch.standingIn(status, now));
      branches.add(branch);
    }
    query
        .status()
        .filter(status -> status != TokenStatus.REVOKED)
        .ifPresent(status -> branches.add(elsewhere(status, groups(query), now)));
    return branches;
  }

  private static String standingIndex(List<EntityRef> groups, Optional<TokenStatus> status) {
    if (groups.isEmpty()) {
      return status.isPresent() ? "status" : "newest";
    }
    return status.isPresent() ? "group_status" : "group";
  }

  /** What is in the status, but does not stand there yet. */
  private static ListBranch elsewhere(TokenStatus status, List<EntityRef> groups, Instant now) {
    ListBranch branch = new ListBranch("due");
    List<Integer> others = new ArrayList<>(List.of(Stage.ACTIVE, Stage.EXPIRING, Stage.EXPIRED));
    others.remove(Integer.valueOf(Stage.of(status)));
    branch.and("t.list_status in (?, ?)", others.get(0), others.get(1));
    branch.within(status, now);
    branch.inGroups(groups);
    return branch;
  }

  private void standingIn(TokenStatus status, Instant now) {
    and("t.list_status = ?", Stage.of(status));
    within(status, now);
  }

  /** The rule of {@link ServiceToken#statusAt}, once more. */
  private void within(TokenStatus status, Instant now) {
    LocalDateTime present = InstantConverter.column(now);
    LocalDateTime soon = InstantConverter.column(now.plus(ServiceToken.EXPIRING_WINDOW));
    switch (status) {
      case ACTIVE -> and("t.expires_at >= ?", soon);
      case EXPIRING -> and("t.expires_at > ? and t.expires_at < ?", present, soon);
      case EXPIRED -> and("t.expires_at <= ?", present);
      case REVOKED -> {} // does not pass with time
    }
  }

  private void inGroups(List<EntityRef> groups) {
    if (groups.isEmpty()) {
      return;
    }
    String marks = String.join(", ", Collections.nCopies(groups.size(), "?"));
    and(
        groups.size() == 1 ? "t.group_entity_ref = ?" : "t.group_entity_ref in (" + marks + ")",
        groups.stream().map(EntityRef::toString).toArray());
  }

  private void and(String condition, Object... values) {
    where.append(where.isEmpty() ? " where " : " and ").append(condition);
    Collections.addAll(parameters, values);
  }

  /** Appends a query for ids and instants, newest first, which a limit can follow. */
  void selectPage(
      StringBuilder sql, List<Object> values, Vendor vendor, Optional<ListPosition> after) {
    select(sql, "t.id, t.created_at", values, vendor);
    if (after.isPresent()) {
      // Not "(created_at, id) < (?, ?)", for which MariaDB reads the index from its start.
      LocalDateTime createdAt = InstantConverter.column(after.get().createdAt());
      sql.append(where.isEmpty() ? " where " : " and ")
          .append("t.created_at <= ? and (t.created_at < ? or t.id < ?)");
      Collections.addAll(values, createdAt, createdAt, after.get().id().toString());
    }
    sql.append(" order by t.created_at desc, t.id desc");
  }

  /** Appends a query for something of each row, in any order, which a limit can follow. */
  void select(StringBuilder sql, String what, List<Object> values, Vendor vendor) {
    sql.append("select ").append(what).append(" from ").append(TokenRow.TABLE).append(" t");
    sql.append(vendor.indexHint(index)).append(where);
    values.addAll(parameters);
  }
}
