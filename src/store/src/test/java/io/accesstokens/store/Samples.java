package io.accesstokens.store;

import io.accesstokens.token.AccessTokenStore;
import io.accesstokens.token.AuditEvent;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenQuery;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Tokens, events and queries to try stores with. */
public final class Samples {

  /** When most sample tokens are made. */
  public static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

  /** The group of most sample tokens. */
  public static final EntityRef PLATFORM = group("platform");

  private Samples() {}

  /** The group of that name in the default namespace. */
  public static EntityRef group(String name) {
    return EntityRef.parseGroup(name).orElseThrow();
  }

  /** A token made at {@link #NOON} for 90 days. */
  public static ServiceToken token(String name) {
    return token(name, PLATFORM, NOON, NOON.plus(Duration.ofDays(90)));
  }

  /** A token with a random id. */
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

  /** The digest that {@link #put} gives a token. */
  public static TokenDigest digest(UUID id) {
    return TokenDigest.of(
        ByteBuffer.allocate(TokenDigest.LENGTH)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array());
  }

  /** The event of its creation. */
  public static AuditEvent created(ServiceToken token) {
    return new AuditEvent(
        UUID.randomUUID(),
        token.id(),
        AuditEvent.Type.CREATED,
        token.createdBy(),
        Map.of(),
        token.createdAt());
  }

  /** The event of its revocation by Carol. */
  public static AuditEvent revoked(UUID tokenId, Instant at, String reason) {
    return new AuditEvent(
        UUID.randomUUID(),
        tokenId,
        AuditEvent.Type.REVOKED,
        "user:default/carol",
        Map.of(AuditEvent.REASON, reason),
        at);
  }

  /** Puts a token into a store. */
  public static ServiceToken put(TokenStore store, ServiceToken token) {
    store.create(token, digest(token.id()), created(token));
    return token;
  }

  /** Revokes a token as Carol. */
  public static AccessTokenStore.Revocation revoke(TokenStore store, UUID id, Instant at) {
    return store.revoke(id, "user:default/carol", at, revoked(id, at, "no longer needed"));
  }

  /** The first page of everything. */
  public static TokenQuery everything(int limit) {
    return new TokenQuery(Optional.empty(), Optional.empty(), Optional.empty(), 0, limit);
  }

  /** The first page of a status. */
  public static TokenQuery of(TokenStatus status) {
    return new TokenQuery(Optional.of(status), Optional.empty(), Optional.empty(), 0, 500);
  }

  /** The first page of some groups. */
  public static TokenQuery of(Set<EntityRef> groups) {
    return new TokenQuery(Optional.empty(), Optional.of(groups), Optional.empty(), 0, 500);
  }
}
