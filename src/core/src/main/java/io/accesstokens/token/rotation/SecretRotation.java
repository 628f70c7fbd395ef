package io.accesstokens.token.rotation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.Text;
import io.accesstokens.token.TokenEndedException;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import io.accesstokens.token.policy.GroupLimits;
import io.accesstokens.token.policy.InvalidRequestException;
import io.accesstokens.token.policy.Violation;
import io.accesstokens.token.store.IdempotencyKey;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.SecretsState;
import io.accesstokens.verify.RawToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Computes the change of a token's secrets by one rotation. The result depends only on the stored
 * token, the request and the time.
 *
 * <p>A request with the idempotency key of an earlier rotation repeats this rotation: it replaces
 * the secret that the client did not receive. A repeat is possible only while the new secret is
 * unused and the previous secret is valid.
 *
 * @param policy the rules for rotations
 * @param request the request
 * @param rawToken the raw token with the new secret
 * @param actorName the name of the actor in the audit log
 * @param presentedNumber the number of the secret that authenticated a self-rotation; null for a
 *     rotation by another actor
 * @param now the instant of the rotation
 * @param ids generates the ids of audit events
 */
record SecretRotation(
    RotationPolicy policy,
    RotationRequest request,
    RawToken rawToken,
    String actorName,
    @Nullable Integer presentedNumber,
    Instant now,
    UuidGenerator ids) {

  private static final Duration KEY_LIFETIME = Duration.ofDays(1);

  /**
   * Returns the key under which the store keeps a rotation; null if the request has no idempotency
   * key.
   */
  static @Nullable IdempotencyKey storedKey(
      RotationRequest request, String actorName, UUID tokenId) {
    String key = request.idempotencyKey();
    return key == null
        ? null
        : new IdempotencyKey(
            sha256(tokenId + "\n" + actorName + "\n" + key), sha256(request.canonical()));
  }

  private static String sha256(String text) {
    return HexFormat.of().formatHex(Text.sha256(text));
  }

  /**
   * Computes the change.
   *
   * @param check checks that the actor may receive the new secret; an exception cancels the
   *     rotation
   * @param expiry computes the new expiry; not called for a repeat
   * @throws TokenEndedException if the token is revoked or has expired
   * @throws InvalidRequestException if a field is invalid, or if the idempotency key was used with
   *     another request
   * @throws RotationConflictException if the earlier rotation cannot be repeated, or if the current
   *     secret is not the one that the request expects
   * @throws PreviousSecretPresentedException if a secret that is not current authenticated the
   *     request. Not thrown if the previous secret authenticated a repeat of an earlier rotation
   */
  <T extends AccessToken> SecretsChange<T> change(
      SecretsState<T> state, Consumer<T> check, NewExpiry<T> expiry) {
    SecretsChange<T> change = unchecked(state, expiry);
    check.accept(change.token());
    return change;
  }

  private <T extends AccessToken> SecretsChange<T> unchecked(
      SecretsState<T> state, NewExpiry<T> expiry) {
    T token = state.token();
    TokenStatus status = token.statusAt(now);
    if (status == TokenStatus.REVOKED || status == TokenStatus.EXPIRED) {
      throw new TokenEndedException(status);
    }
    SecretsState.EarlierRotation earlier =
        state
            .earlier()
            .filter(rotation -> rotation.rotatedAt().plus(KEY_LIFETIME).isAfter(now))
            .orElse(null);
    if (earlier != null) {
      return repeat(token, earlier);
    }
    if (presentedNumber != null && presentedNumber != token.secrets().number()) {
      throw new PreviousSecretPresentedException();
    }
    String expected = request.expectedTokenPrefix();
    if (expected != null && !expected.equals(token.tokenPrefix())) {
      throw new RotationConflictException(
          "the current secret is not the one that the request expects, so the token was not rotated");
    }
    return rotate(token, expiry);
  }

  private <T extends AccessToken> SecretsChange<T> repeat(
      T token, SecretsState.EarlierRotation earlier) {
    if (!request.unreadable().isEmpty()) {
      throw new InvalidRequestException(request.unreadable());
    }
    IdempotencyKey key = storedKey(request, actorName, token.id());
    if (key == null || !key.request().equals(earlier.request())) {
      throw new InvalidRequestException(
          List.of(
              new Violation(
                  RotationRequest.IDEMPOTENCY_KEY, "was already used with another request")));
    }
    TokenSecrets secrets = token.secrets();
    if (earlier.secretNumber() != secrets.number()) {
      throw new RotationConflictException("the token was rotated again, so nothing was repeated");
    }
    boolean presentsNew = presentedNumber != null && presentedNumber == secrets.number();
    if (secrets.usedAt() != null || presentsNew) {
      throw new RotationConflictException("the new secret is in use, so it was not replaced");
    }
    PreviousSecret former = token.previousSecretAt(now).orElse(null);
    if (former == null) {
      throw new RotationConflictException("the grace period has ended, so nothing was repeated");
    }
    if (presentedNumber != null && presentedNumber != former.number()) {
      // The client presented a secret that an earlier repeat has replaced.
      throw new PreviousSecretPresentedException();
    }
    TokenSecrets replaced =
        new TokenSecrets(secrets.number() + 1, now, null, secrets.lifetime(), secrets.previous());
    return new SecretsChange<>(
        with(token, token.expiresAt(), replaced),
        rawToken.digest(),
        earlier.rotatedAt(),
        List.of(
            event(
                token,
                AuditEvent.Type.ROTATED,
                Map.of(
                    AuditEvent.RETRY, "true", AuditEvent.REPLACED_PREFIX, token.tokenPrefix()))));
  }

  private <T extends AccessToken> SecretsChange<T> rotate(T token, NewExpiry<T> expiry) {
    RequestErrors errors = new RequestErrors(request.unreadable());
    request.checkKey(errors);
    Duration grace = checkGrace(errors);
    Instant expiresAt = expiry.of(token, now, errors);
    if (expiresAt == null || !errors.violations().isEmpty()) {
      throw new InvalidRequestException(errors.violations());
    }
    Instant graceEnd = earliest(now.plus(grace), token.expiresAt(), expiresAt);
    TokenSecrets secrets = token.secrets();
    PreviousSecret previous =
        grace.isZero()
            ? null
            : new PreviousSecret(
                secrets.number(),
                token.tokenPrefix(),
                graceEnd,
                Boolean.TRUE.equals(request.endGraceOnFirstUse()));
    Duration lifetime =
        request.expiryField() == null ? secrets.lifetime() : Duration.between(now, expiresAt);
    List<AuditEvent> events = new ArrayList<>();
    PreviousSecret older = secrets.previous();
    if (older != null) {
      events.add(
          PreviousSecretEnd.event(
              token, older, PreviousSecretEnd.Cause.ROTATION, actorName, Map.of(), now, ids));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(AuditEvent.GRACE_SECONDS, Long.toString(grace.toSeconds()));
    metadata.put(AuditEvent.PREVIOUS_PREFIX, token.tokenPrefix());
    metadata.put(AuditEvent.PREVIOUS_EXPIRES_AT, AuditEvent.text(graceEnd));
    if (previous != null && previous.endsOnFirstUse()) {
      metadata.put(AuditEvent.END_ON_FIRST_USE, "true");
    }
    if (!expiresAt.equals(token.expiresAt())) {
      metadata.put(AuditEvent.EXPIRES_AT + AuditEvent.OLD, AuditEvent.text(token.expiresAt()));
      metadata.put(AuditEvent.EXPIRES_AT + AuditEvent.NEW, AuditEvent.text(expiresAt));
    }
    events.add(event(token, AuditEvent.Type.ROTATED, metadata));
    TokenSecrets rotated = new TokenSecrets(secrets.number() + 1, now, null, lifetime, previous);
    return new SecretsChange<>(
        with(token, expiresAt, rotated),
        rawToken.digest(),
        request.idempotencyKey() == null ? null : now,
        events);
  }

  /**
   * Returns the expiry of the token after the rotation. Without a requested expiry, the token gets
   * its full lifetime again, limited to the current maximum lifetime. If the new expiry is later
   * than the current expiry, the scopes must follow the rules for new tokens.
   *
   * @param bounds the limits on new tokens of the owner
   * @return the expiry; null after an error
   */
  static @Nullable Instant expiry(
      RotationRequest request,
      AccessToken token,
      Instant now,
      GroupLimits bounds,
      RequestErrors errors) {
    Instant expiresAt;
    if (request.expiryField() == null) {
      Instant renewed = now.plus(token.secrets().lifetime());
      Instant latest = now.plus(Duration.ofDays(bounds.maxLifetimeDays()));
      expiresAt = renewed.isBefore(latest) ? renewed : latest;
    } else {
      expiresAt =
          CreationPolicy.checkExpiry(
              request.expiresAt(), request.expiresInDays(), now, bounds, errors);
    }
    if (expiresAt == null || !expiresAt.isAfter(token.expiresAt())) {
      return expiresAt;
    }
    Optional<String> denied =
        token.scopes().stream()
            .filter(scope -> !bounds.allowedScopes().contains(scope))
            .findFirst();
    if (denied.isEmpty()) {
      return expiresAt;
    }
    errors.add(
        Objects.requireNonNullElse(request.expiryField(), "expiresAt"),
        "must not be after the current expiry, because new tokens cannot have the scope "
            + denied.get());
    return null;
  }

  private Duration checkGrace(RequestErrors errors) {
    boolean self = presentedNumber != null;
    Duration min = self ? RotationPolicy.MIN_SELF_GRACE : Duration.ZERO;
    Long seconds = request.gracePeriodSeconds();
    if (seconds == null) {
      return policy.defaultGrace().compareTo(min) < 0 ? min : policy.defaultGrace();
    }
    if (seconds < min.toSeconds() || seconds > policy.maxGrace().toSeconds()) {
      errors.add(
          "gracePeriodSeconds",
          "must be a whole number from "
              + min.toSeconds()
              + " to "
              + policy.maxGrace().toSeconds());
      return min;
    }
    return Duration.ofSeconds(seconds);
  }

  private static Instant earliest(Instant first, Instant second, Instant third) {
    Instant earlier = first.isBefore(second) ? first : second;
    return earlier.isBefore(third) ? earlier : third;
  }

  private <T extends AccessToken> T with(T token, Instant expiresAt, TokenSecrets secrets) {
    return AccessToken.withSecrets(token, rawToken.displayPrefix(), expiresAt, secrets);
  }

  private AuditEvent event(AccessToken token, AuditEvent.Type type, Map<String, String> metadata) {
    return new AuditEvent(ids.next(), token.id(), type, actorName, metadata, now);
  }
}
