package io.accesstokens.token.service;

import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.UserDirectory;
import io.accesstokens.token.policy.ChangeLimit;
import io.accesstokens.token.policy.CreationLimit;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.token.policy.SignInAge;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.rotation.RotationPolicy;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawTokenFormat;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link ServiceTokenService}. The defaults are safe:
 *
 * <ul>
 *   <li>A user has permissions on the tokens of their own groups. On other tokens, a user has a
 *       permission only by a role with the name of the permission.
 *   <li>The scopes are {@link ScopeCatalog#defaults()}.
 *   <li>A token is valid for at most 365 days.
 *   <li>Raw tokens have the format {@link RawTokenFormat#DEFAULT}.
 *   <li>Time and randomness come from the system.
 *   <li>The audit log is written to the store only.
 * </ul>
 */
public final class ServiceTokenServiceBuilder {

  private static final int DEFAULT_LIFETIME_DAYS = 365;

  private final TokenStore store;
  private final GroupDirectory directory;
  private PermissionPolicy permissions =
      new PermissionPolicy(PermissionPolicy.Grantees.NONE, PermissionPolicy.Grantees.NONE);
  private ScopeCatalog scopes = ScopeCatalog.defaults();
  private int maxLifetimeDays = DEFAULT_LIFETIME_DAYS;
  private int defaultLifetimeDays = DEFAULT_LIFETIME_DAYS;
  private List<CreationLimit> limits = List.of();
  private SignInAge signInAge = SignInAge.ANY;
  private RotationPolicy rotations = RotationPolicy.DEFAULT;
  private RawTokenFormat format = RawTokenFormat.DEFAULT;
  private AuditListener auditListener = AuditListener.NONE;
  private Clock clock = Clock.tickMillis(ZoneOffset.UTC);
  private RandomGenerator random = new SecureRandom();
  private @Nullable RevocationBarrier barrier;
  private @Nullable PersonalCreationPolicy personalCreationPolicy;
  private UserDirectory userDirectory = UserDirectory.UNLISTED;
  private UserSessions userSessions = UserSessions.NONE;
  private ChangeLimit<EntityRef> personalChangeLimit = ChangeLimit.none();
  private ChangeLimit<String> changeLimit = ChangeLimit.none();
  private ChangeLimit<UUID> selfRotationLimit = ChangeLimit.none();

  ServiceTokenServiceBuilder(TokenStore store, GroupDirectory directory) {
    this.store = store;
    this.directory = directory;
  }

  /** Sets the permission policy. */
  public ServiceTokenServiceBuilder permissions(PermissionPolicy policy) {
    permissions = policy;
    return this;
  }

  /** Sets the scopes that tokens can have. */
  public ServiceTokenServiceBuilder scopes(ScopeCatalog scopeCatalog) {
    scopes = scopeCatalog;
    return this;
  }

  /**
   * Sets the lifetimes of tokens.
   *
   * @param maxDays the maximum lifetime in days, inclusive
   * @param defaultDays the lifetime in days if the request sets none, 1 to {@code maxDays}
   * @throws IllegalArgumentException unless {@code 1 <= defaultDays <= maxDays}
   */
  public ServiceTokenServiceBuilder lifetimeDays(int maxDays, int defaultDays) {
    maxLifetimeDays = maxDays;
    defaultLifetimeDays = defaultDays;
    creationPolicy(); // reports wrong numbers here, not in build()
    return this;
  }

  /**
   * Sets stricter limits for some groups, or for all groups. The store enforces a limit on the
   * number of live tokens, see {@link TokenStore#create(ServiceToken,
   * io.accesstokens.verify.TokenDigest, AuditEvent, int)}.
   */
  public ServiceTokenServiceBuilder limits(List<CreationLimit> newLimits) {
    limits = List.copyOf(newLimits);
    return this;
  }

  /**
   * Sets the maximum age of the sign-in of a session that creates a token, rotates a service token,
   * adds a scope to a service token or relaxes its limits. {@link SignInAge} describes the
   * exceptions. By default, any age is accepted.
   */
  public ServiceTokenServiceBuilder signInAge(SignInAge age) {
    signInAge = age;
    return this;
  }

  /** Sets the rules for rotations. The default is {@link RotationPolicy#DEFAULT}. */
  public ServiceTokenServiceBuilder rotations(RotationPolicy policy) {
    rotations = policy;
    return this;
  }

  /**
   * Sets the limit on the rate at which an actor creates, updates and rotates service tokens. By
   * default there is no limit. Revocations are never limited.
   *
   * @param limit receives the name of the actor
   */
  public ServiceTokenServiceBuilder changeLimit(ChangeLimit<String> limit) {
    changeLimit = limit;
    return this;
  }

  /**
   * Sets the limit on the rate at which a service token rotates itself. By default there is no
   * limit.
   *
   * @param limit receives the id of the token
   */
  public ServiceTokenServiceBuilder selfRotationLimit(ChangeLimit<UUID> limit) {
    selfRotationLimit = limit;
    return this;
  }

  /** Sets the format of raw tokens. The default is {@link RawTokenFormat#DEFAULT}. */
  public ServiceTokenServiceBuilder rawTokenFormat(RawTokenFormat newFormat) {
    format = newFormat;
    return this;
  }

  /** Sets the listener that receives changes and denials. */
  public ServiceTokenServiceBuilder auditListener(AuditListener listener) {
    auditListener = listener;
    return this;
  }

  /** Sets the clock, for example in a test. Its instants are truncated to milliseconds. */
  public ServiceTokenServiceBuilder clock(Clock newClock) {
    clock = Clock.tick(newClock, Duration.ofMillis(1));
    return this;
  }

  /**
   * Sets the source of randomness for raw tokens and ids.
   *
   * @param generator a cryptographically strong source
   */
  public ServiceTokenServiceBuilder random(RandomGenerator generator) {
    random = generator;
    return this;
  }

  /**
   * Sets the revocation barrier, for a process with a cache of verdicts.
   *
   * @param newBarrier a barrier for the store of this builder; the caller must close the barrier
   */
  public ServiceTokenServiceBuilder barrier(RevocationBarrier newBarrier) {
    barrier = newBarrier;
    return this;
  }

  /**
   * Enables personal tokens. Personal tokens are disabled by default.
   *
   * @param policy the policy for personal tokens, see {@link PersonalCreationPolicy#of}
   * @param users looks up whether users are present; the service refuses tokens of absent users
   * @param limit limits the rate at which a user changes personal tokens
   * @throws IllegalArgumentException if the store does not support personal tokens
   */
  public ServiceTokenServiceBuilder personal(
      PersonalCreationPolicy policy, UserDirectory users, ChangeLimit<EntityRef> limit) {
    if (store.personal().isEmpty()) {
      throw new IllegalArgumentException("the store does not support personal tokens");
    }
    personalCreationPolicy = policy;
    userDirectory = users;
    personalChangeLimit = limit;
    return this;
  }

  /**
   * Sets the object that ends the browser sessions of a user. The service calls the object when an
   * administrator revokes all tokens of the user. The default is {@link UserSessions#NONE}.
   */
  public ServiceTokenServiceBuilder userSessions(UserSessions sessions) {
    userSessions = sessions;
    return this;
  }

  private CreationPolicy creationPolicy() {
    return new CreationPolicy(scopes, maxLifetimeDays, defaultLifetimeDays, limits, signInAge);
  }

  /** Builds the service. */
  public ServiceTokenService build() {
    RevocationBarrier end = barrier == null ? new RevocationBarrier(store) : barrier;
    return new ServiceTokenService(
        store,
        directory,
        permissions,
        creationPolicy(),
        rotations,
        changeLimit,
        selfRotationLimit,
        format,
        auditListener,
        clock,
        random,
        end,
        personal(end));
  }

  private @Nullable PersonalTokenService personal(RevocationBarrier end) {
    PersonalCreationPolicy policy = personalCreationPolicy;
    return policy == null
        ? null
        : new PersonalTokenService(
            store.personal().orElseThrow(),
            directory,
            userDirectory,
            userSessions,
            permissions,
            policy,
            rotations,
            format,
            personalChangeLimit,
            auditListener,
            clock,
            random,
            end);
  }
}
