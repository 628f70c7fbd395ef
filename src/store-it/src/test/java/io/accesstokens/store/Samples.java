package io.accesstokens.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.PresentedToken;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Tokens, events and queries for tests of stores. */
public final class Samples {

  /** The creation time of most sample tokens. */
  public static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

  /** The group of most sample tokens. */
  public static final EntityRef PLATFORM = group("platform");

  private Samples() {}

  /** Returns the group of that name in the default namespace. */
  public static EntityRef group(String name) {
    return EntityRef.parseGroup(name).orElseThrow();
  }

  /**
   * Returns the given groups and others, 500 in total. Membership is inherited through nested
   * groups, so a user can be in very many groups.
   */
  public static Set<EntityRef> amongManyGroups(EntityRef... groups) {
    Set<EntityRef> all = new HashSet<>(List.of(groups));
    for (int i = 0; all.size() < 500; i++) {
      all.add(group("team-" + i));
    }
    return all;
  }

  /** Returns a token created at {@link #NOON} with a lifetime of 90 days. */
  public static ServiceToken token(String name) {
    return token(name, PLATFORM, NOON, NOON.plus(Duration.ofDays(90)));
  }

  /** Returns a token with a random id. */
  public static ServiceToken token(
      String name, EntityRef group, Instant createdAt, Instant expiresAt) {
    return new ServiceToken(
        UUID.randomUUID(),
        name,
        "what it is for",
        "bsat_abcdefg",
        group,
        List.of("catalog:read", "catalog:write"),
        "user:default/alice",
        createdAt,
        expiresAt,
        null,
        null,
        null);
  }

  /** Returns the digest that {@link #put} gives a token. */
  public static TokenDigest digest(UUID id) {
    return TokenDigest.of(
        ByteBuffer.allocate(TokenDigest.LENGTH)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array());
  }

  /** Returns a token with the number of its current secret. */
  public static <T extends AccessToken> PresentedToken<T> current(T token) {
    return new PresentedToken<>(token, token.secrets().number());
  }

  /** Returns the event of the token's creation. */
  public static AuditEvent created(ServiceToken token) {
    return new AuditEvent(
        UUID.randomUUID(),
        token.id(),
        AuditEvent.Type.CREATED,
        token.createdBy(),
        Map.of(),
        token.createdAt());
  }

  /** Returns the event of the token's revocation by Carol. */
  public static AuditEvent revoked(UUID tokenId, Instant at, String reason) {
    return new AuditEvent(
        UUID.randomUUID(),
        tokenId,
        AuditEvent.Type.REVOKED,
        "user:default/carol",
        Map.of(AuditEvent.REASON, reason),
        at);
  }

  public static ServiceToken put(TokenStore store, ServiceToken token) {
    store.create(token, digest(token.id()), created(token));
    return token;
  }

  /** Revokes a token as Carol. */
  public static AccessTokenStore.Revocation revoke(TokenStore store, UUID id, Instant at) {
    return store.revoke(id, null, () -> revoked(id, at, "no longer needed")).result();
  }

  /** Records uses of tokens with their first secrets. */
  public static void recordUses(TokenStore store, Map<UUID, TokenUsage> uses) {
    Map<SecretId, TokenUsage> bySecret = new HashMap<>();
    uses.forEach((id, usage) -> bySecret.put(new SecretId(id, 1), usage));
    assertEquals(List.of(), store.recordUses(bySecret), "audit events");
  }

  /** Returns a query for the first page of all tokens. */
  public static TokenQuery everything(int limit) {
    return new TokenQuery(Optional.empty(), Optional.empty(), Optional.empty(), 0, limit);
  }

  /** Returns a query for the first page of tokens with a status. */
  public static TokenQuery of(TokenStatus status) {
    return new TokenQuery(Optional.of(status), Optional.empty(), Optional.empty(), 0, 500);
  }

  /** Returns a query for the first page of tokens of some groups. */
  public static TokenQuery of(Set<EntityRef> groups) {
    return new TokenQuery(Optional.empty(), Optional.of(groups), Optional.empty(), 0, 500);
  }

  /** Returns a filter for tokens whose name, description or prefix contains a text. */
  public static TokenFilter searching(String text) {
    return filter(Optional.of(text), false, false);
  }

  /** Returns a filter for live tokens that were never used. */
  public static TokenFilter neverUsed() {
    return filter(Optional.empty(), true, false);
  }

  /** Returns a filter for live tokens whose previous secret is valid. */
  static TokenFilter rotating() {
    return filter(Optional.empty(), false, true);
  }

  private static TokenFilter filter(Optional<String> text, boolean neverUsed, boolean rotating) {
    return new TokenFilter(
        Optional.empty(),
        Optional.empty(),
        text,
        Optional.empty(),
        Optional.empty(),
        neverUsed,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        neverUsed,
        rotating);
  }
}
