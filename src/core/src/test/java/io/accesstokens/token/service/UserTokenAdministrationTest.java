package io.accesstokens.token.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.Actor;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.directory.UserDirectory.Presence;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.token.query.PersonalTokenQuery;
import io.accesstokens.token.query.TokenUserQuery;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.revocation.UserRevocationRequest;
import io.accesstokens.token.store.PersonalTokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests the look-ups of users, and the revocation of all tokens of a user. */
class UserTokenAdministrationTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final EntityRef ADA = user("ada");
  private static final EntityRef BOB = user("bob");
  private static final EntityRef JUDY = user("judy");
  private static final Actor ADMIN = new Actor.Person(ADA, Set.of(), null);

  private final InMemoryTokenStore store = new InMemoryTokenStore();
  private final PersonalTokenStore personal = store.personal().orElseThrow();
  private final List<EntityRef> lookUps = new ArrayList<>();

  private static EntityRef user(String name) {
    return new EntityRef(EntityRef.USER, "default", name);
  }

  private void put(EntityRef owner) {
    put(owner, 0);
  }

  /** Stores a token that differs from the user's other tokens by a number from 0 to 999. */
  private UUID put(EntityRef owner, int number) {
    UUID id = UUID.randomUUID();
    byte[] digest = new byte[TokenDigest.LENGTH];
    digest[0] = (byte) owner.name().charAt(0);
    digest[1] = (byte) (number / 100);
    digest[2] = (byte) (number % 100);
    personal.create(
        new PersonalToken(
            id,
            "laptop " + number,
            "bpat_abcdefg",
            owner,
            List.of(),
            NOON,
            NOON.plusSeconds(60),
            null,
            null,
            null),
        TokenDigest.of(digest),
        new AuditEvent(
            UUID.randomUUID(), id, AuditEvent.Type.MINTED, owner.toString(), Map.of(), NOON),
        number + 1);
    return id;
  }

  private UserTokenAdministration administration(Duration budget, UserSessions sessions) {
    Grantees admins = new Grantees(Set.of(ADA), Set.of());
    TokenChangeService changes =
        new TokenChangeService(
            new RevocationBarrier(store),
            AuditListener.NONE,
            Clock.fixed(NOON, ZoneOffset.UTC),
            new UuidGenerator(new SecureRandom()));
    return new UserTokenAdministration(
        personal,
        user -> {
          lookUps.add(user);
          return user.equals(ADA) ? Presence.PRESENT : Presence.GONE;
        },
        new PermissionCheck(new PermissionPolicy(admins, Grantees.NONE), AuditListener.NONE),
        changes,
        sessions,
        budget);
  }

  private UserTokenAdministration.UserPage page(Duration budget, Optional<EntityRef> after) {
    return administration(budget, UserSessions.NONE)
        .goneUsers(ADMIN, new TokenUserQuery(Optional.empty(), after, 10), NOON);
  }

  private List<Boolean> gone(Duration budget) {
    return administration(budget, UserSessions.NONE)
        .users(ADMIN, new TokenUserQuery(Optional.empty(), Optional.empty(), 10), NOON)
        .users()
        .stream()
        .map(UserTokenAdministration.ListedUser::isGone)
        .toList();
  }

  private boolean isRevoked(EntityRef owner) {
    return personal
            .list(new PersonalTokenQuery(owner, Optional.of(TokenStatus.REVOKED), 0, 10), NOON)
            .items()
            .size()
        == 1;
  }

  private static List<EntityRef> refs(UserTokenAdministration.UserPage page) {
    return page.users().stream().map(listed -> listed.user().user()).toList();
  }

  @Test
  void lackOfTimeEndsThePageAndTheNextPageContinues() {
    List.of(ADA, BOB, JUDY).forEach(this::put);
    UserTokenAdministration.UserPage first = page(Duration.ZERO, Optional.empty());
    assertEquals(List.of(), refs(first));
    assertEquals(ADA, first.next());
    assertEquals(List.of(ADA), lookUps);
    UserTokenAdministration.UserPage second = page(Duration.ZERO, Optional.of(ADA));
    assertEquals(List.of(BOB), refs(second));
    assertEquals(BOB, second.next());
    UserTokenAdministration.UserPage last = page(Duration.ZERO, Optional.of(BOB));
    assertEquals(List.of(JUDY), refs(last));
    assertEquals(null, last.next(), "next of the last page");
    assertEquals(List.of(BOB, JUDY), refs(page(Duration.ofMinutes(1), Optional.empty())));
  }

  @Test
  void lackOfTimeLeavesThePresenceOfTheOtherUsersUnknown() {
    List.of(BOB, JUDY).forEach(this::put);
    assertEquals(List.of(true, false), gone(Duration.ZERO));
    assertEquals(List.of(BOB), lookUps);
    assertEquals(List.of(true, true), gone(Duration.ofMinutes(1)));
  }

  @Test
  void sessionsEndBeforeTheTokensAreRevoked() {
    List.of(BOB, JUDY).forEach(this::put);
    List<EntityRef> ended = new ArrayList<>();
    UserTokenAdministration.RevokedUser revoked =
        administration(
                Duration.ZERO,
                (user, actor) -> {
                  assertFalse(isRevoked(user));
                  assertEquals(ADMIN, actor);
                  ended.add(user);
                })
            .revokeAll(ADMIN, new UserRevocationRequest("Bob", "left", List.of()));
    assertEquals(List.of(BOB), ended);
    assertEquals(1, revoked.tokens().size());
    assertTrue(isRevoked(BOB));
    assertFalse(isRevoked(JUDY));
  }

  @Test
  void moreTokensThanOneTransactionRevokesAreAllRevoked() {
    Set<UUID> tokens = new HashSet<>();
    for (int i = 0; i <= RevocationRequest.MAX; i++) {
      tokens.add(put(BOB, i));
    }
    UserTokenAdministration.RevokedUser revoked =
        administration(Duration.ZERO, UserSessions.NONE)
            .revokeAll(ADMIN, new UserRevocationRequest("bob", "left", List.of()));
    assertEquals(tokens, revoked.tokens());
    assertEquals(
        List.of(),
        personal
            .list(new PersonalTokenQuery(BOB, Optional.of(TokenStatus.ACTIVE), 0, 1), NOON)
            .items());
  }

  @Test
  void tokensAreNotRevokedIfTheSessionsCannotBeEnded() {
    put(BOB);
    UserTokenAdministration administration =
        administration(
            Duration.ZERO,
            (user, actor) -> {
              throw new StoreUnavailableException("down", null);
            });
    UserRevocationRequest request = new UserRevocationRequest("bob", "left", List.of());
    assertThrows(StoreUnavailableException.class, () -> administration.revokeAll(ADMIN, request));
    assertFalse(isRevoked(BOB));
  }
}
