package io.accesstokens.token;

import io.accesstokens.verify.RawTokenFormat;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link ServiceTokenService}. What is not said is safe: nobody but members may do anything
 * with a group's tokens, the scopes are {@link ScopeCatalogue#defaults()}, a token lives 365 days
 * at most, raw tokens have the form {@link RawTokenFormat#DEFAULT}, time and randomness are the
 * system's, and nothing is logged beside the store's audit trail.
 */
public final class ServiceTokenServiceBuilder {

  private static final int DEFAULT_LIFETIME_DAYS = 365;

  private final TokenStore store;
  private final GroupDirectory directory;
  private PermissionPolicy permissions =
      new PermissionPolicy(PermissionPolicy.Grantees.NOBODY, PermissionPolicy.Grantees.NOBODY);
  private ScopeCatalogue scopes = ScopeCatalogue.defaults();
  private int maxLifetimeDays = DEFAULT_LIFETIME_DAYS;
  private int defaultLifetimeDays = DEFAULT_LIFETIME_DAYS;
  private List<CreationLimit> limits = List.of();
  private SignInAge signInAge = SignInAge.ANY;
  private RawTokenFormat format = RawTokenFormat.DEFAULT;
  private AuditLog log = AuditLog.NONE;
  private Clock clock = Clock.systemUTC();
  private RandomGenerator random = new SecureRandom();
  private @Nullable RevocationBarrier finality;
  private @Nullable MintPolicy minting;
  private UserDirectory people = UserDirectory.UNLISTED;
  private ChangeLimit writes = ChangeLimit.NONE;

  ServiceTokenServiceBuilder(TokenStore store, GroupDirectory directory) {
    this.store = store;
    this.directory = directory;
  }

  /** Who may do what, beside the members of a group. */
  public ServiceTokenServiceBuilder permissions(PermissionPolicy policy) {
    permissions = policy;
    return this;
  }

  /** The scopes that tokens can be given. */
  public ServiceTokenServiceBuilder scopes(ScopeCatalogue catalogue) {
    scopes = catalogue;
    return this;
  }

  /**
   * How long tokens live.
   *
   * @param maxDays at most, inclusive
   * @param defaultDays if nobody says, 1 to {@code maxDays}
   * @throws IllegalArgumentException unless {@code 1 <= defaultDays <= maxDays}
   */
  public ServiceTokenServiceBuilder lifetimeDays(int maxDays, int defaultDays) {
    maxLifetimeDays = maxDays;
    defaultLifetimeDays = defaultDays;
    issuing(); // complains here, not at the end
    return this;
  }

  /**
   * What is narrower for some groups, or for all. A limit on how many tokens are live needs a store
   * that implements {@link TokenStore#create(ServiceToken, io.accesstokens.verify.TokenDigest,
   * AuditEvent, int)}.
   */
  public ServiceTokenServiceBuilder limits(List<CreationLimit> newLimits) {
    limits = List.copyOf(newLimits);
    return this;
  }

  /** How old the sign-in of a session may be that creates a token; any age without it. */
  public ServiceTokenServiceBuilder signInAge(SignInAge age) {
    signInAge = age;
    return this;
  }

  /** The form of raw tokens. */
  public ServiceTokenServiceBuilder rawTokens(RawTokenFormat rawTokenFormat) {
    format = rawTokenFormat;
    return this;
  }

  /** Is told of what was done and of what was denied. */
  public ServiceTokenServiceBuilder log(AuditLog auditLog) {
    log = auditLog;
    return this;
  }

  /** The time; a test's, for instance. */
  public ServiceTokenServiceBuilder clock(Clock newClock) {
    clock = newClock;
    return this;
  }

  /**
   * Where raw tokens come from.
   *
   * @param generator a cryptographically strong source
   */
  public ServiceTokenServiceBuilder random(RandomGenerator generator) {
    random = generator;
    return this;
  }

  /**
   * When a revocation can be answered: of a process that caches verdicts itself.
   *
   * @param newFinality of the same store
   */
  public ServiceTokenServiceBuilder finality(RevocationBarrier newFinality) {
    finality = newFinality;
    return this;
  }

  /**
   * Lets users have personal tokens of their own. Without it there are none.
   *
   * @param policy what they may look like, see {@link MintPolicy#of}
   * @param users knows whether users are still there; the tokens of those who are not are refused
   * @param limit how many a user may make and revoke at a time
   * @throws IllegalArgumentException if the store keeps no personal tokens
   */
  public ServiceTokenServiceBuilder personal(
      MintPolicy policy, UserDirectory users, ChangeLimit limit) {
    if (store.personal().isEmpty()) {
      throw new IllegalArgumentException("the store keeps no personal tokens");
    }
    minting = policy;
    people = users;
    writes = limit;
    return this;
  }

  private CreationPolicy issuing() {
    return new CreationPolicy(scopes, maxLifetimeDays, defaultLifetimeDays, limits, signInAge);
  }

  /** Makes it. */
  public ServiceTokenService build() {
    RevocationBarrier end = finality == null ? new RevocationBarrier(store) : finality;
    ServiceTokenService authority =
        new ServiceTokenService(
            store, directory, permissions, issuing(), format, log, clock, random, end);
    MintPolicy policy = minting;
    return policy == null
        ? authority
        : store
            .personal()
            .map(
                tokens ->
                    new PersonalTokenService(
                        tokens,
                        directory,
                        people,
                        permissions,
                        policy,
                        format,
                        writes,
                        log,
                        clock,
                        random,
                        end))
            .map(authority::with)
            .orElse(authority);
  }
}
