package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.hibernate.TokenImport.Decision;
import io.accesstokens.store.hibernate.TokenImport.Item;
import io.accesstokens.store.hibernate.TokenImport.Outcome;
import io.accesstokens.store.listing.SecretTable;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.StatelessSession;

/**
 * Reads which tokens of an import batch exist in this database, and decides what to do with each
 * item. Constraints of the database ensure that names and digests are unique.
 */
final class ImportTarget {

  /**
   * Maximum number of values in a query, less than 1,000. MariaDB converts a longer list of values
   * into a table and joins this table.
   */
  private static final int LIST = 500;

  private record Name(EntityRef group, String name) {
    static Name of(ServiceToken token) {
      return new Name(token.group(), token.name());
    }
  }

  private final Map<UUID, ServiceToken> byId = new HashMap<>();
  private final Map<TokenDigest, UUID> byDigest = new HashMap<>();
  private final Map<Name, UUID> byName = new HashMap<>();
  private final Map<UUID, UUID> tokenOfEvent = new HashMap<>();

  private ImportTarget() {}

  static ImportTarget read(StatelessSession session, List<Item> items) {
    ImportTarget target = new ImportTarget();
    target.rows(session, "t.id in (:list)", items, item -> item.token().id().toString());
    target.rows(session, "t.tokenHash in (:list)", items, item -> item.digest().bytes());
    target.names(session, items);
    target.secrets(session, items);
    target.events(session, items);
    return target;
  }

  private void rows(
      StatelessSession session, String condition, List<Item> items, Function<Item, ?> value) {
    chunks(
        items.stream().map(value).toList(),
        chunk ->
            session
                .createSelectionQuery("from TokenEntity t where " + condition, TokenEntity.class)
                .setParameterList("list", chunk)
                .getResultList()
                .forEach(this::add));
  }

  /**
   * Reads the unrevoked tokens that have the names of the items. There is one query for each group.
   * With a query for several groups, H2 would compare every token with every name.
   */
  private void names(StatelessSession session, List<Item> items) {
    Map<String, Set<String>> names =
        items.stream()
            .collect(
                Collectors.groupingBy(
                    item -> item.token().group().toString(),
                    Collectors.mapping(item -> item.token().name(), Collectors.toSet())));
    names.forEach(
        (group, ofGroup) ->
            session
                .createSelectionQuery(
                    "from TokenEntity t where t.group = :group and t.name in (:names)"
                        + " and t.revokedAt is null",
                    TokenEntity.class)
                .setParameter("group", group)
                .setParameterList("names", ofGroup)
                .getResultList()
                .forEach(this::add));
  }

  private void add(TokenEntity row) {
    ServiceToken token = row.token(null); // secrets are irrelevant to an import
    byId.put(token.id(), token);
    byDigest.put(row.digest(), token.id());
    if (token.revokedAt() == null) {
      byName.put(Name.of(token), token.id());
    }
  }

  /**
   * Finds the tokens of this database that had the digest of an item before a rotation of the
   * token. Adds the digests and the ids of these tokens to {@link #byDigest}.
   */
  private void secrets(StatelessSession session, List<Item> items) {
    SecretTable.find(session, items.stream().map(Item::digest).toList())
        .forEach((digest, secret) -> byDigest.put(digest, secret.tokenId()));
  }

  private void events(StatelessSession session, List<Item> items) {
    chunks(
        items.stream()
            .flatMap(item -> item.events().stream())
            .map(event -> event.id().toString())
            .toList(),
        chunk ->
            session
                .createSelectionQuery("from AuditEntity a where a.id in (:list)", AuditEntity.class)
                .setParameterList("list", chunk)
                .getResultList()
                .forEach(row -> tokenOfEvent.put(row.event().id(), row.event().tokenId())));
  }

  private static <T> void chunks(List<T> all, Consumer<List<T>> query) {
    for (int from = 0; from < all.size(); from += LIST) {
      query.accept(all.subList(from, Math.min(from + LIST, all.size())));
    }
  }

  /**
   * Decides what to do with an item.
   *
   * @param revoked the ids of tokens that the import revokes. An item may have the name of one of
   *     these tokens, even if the revocation is not in this database yet.
   */
  Decision decide(Item item, Set<UUID> revoked) {
    ServiceToken token = item.token();
    ServiceToken known = byId.get(token.id());
    if (known != null && !token.id().equals(byDigest.get(item.digest()))) {
      return Decision.refuse(item, Outcome.ID_TAKEN);
    }
    if (known == null && byDigest.containsKey(item.digest())) {
      return Decision.refuse(item, Outcome.DIGEST_TAKEN);
    }
    for (AuditEvent event : item.events()) {
      UUID owner = tokenOfEvent.get(event.id());
      if (owner != null && !owner.equals(token.id())) {
        return Decision.refuse(item, Outcome.EVENT_ID_TAKEN);
      }
    }
    if (known != null) {
      return update(item, known);
    }
    UUID holder = token.revokedAt() == null ? byName.get(Name.of(token)) : null;
    if (holder != null && !revoked.contains(holder)) {
      return Decision.refuse(item, Outcome.NAME_TAKEN);
    }
    return new Decision(item, token.group(), Outcome.ADDED, false, missing(item, true));
  }

  private Decision update(Item item, ServiceToken here) {
    ServiceToken there = item.token();
    boolean revoke = here.revokedAt() == null && there.revokedAt() != null;
    boolean sameRevocation =
        revoke
            || (Objects.equals(here.revokedAt(), there.revokedAt())
                && Objects.equals(here.revokedBy(), there.revokedBy()));
    List<AuditEvent> events = missing(item, sameRevocation);
    boolean unchanged = !revoke && events.isEmpty();
    return new Decision(
        item, here.group(), unchanged ? Outcome.UNCHANGED : Outcome.UPDATED, revoke, events);
  }

  /**
   * Returns those events of an item that are missing in this database.
   *
   * @param withRevocation false to omit revocation events, because this database already contains
   *     another revocation of the token
   */
  private List<AuditEvent> missing(Item item, boolean withRevocation) {
    List<AuditEvent> missing = new ArrayList<>();
    for (AuditEvent event : item.events()) {
      boolean included = withRevocation || event.type() != AuditEvent.Type.REVOKED;
      if (included && !tokenOfEvent.containsKey(event.id())) {
        missing.add(event);
      }
    }
    return missing;
  }
}
