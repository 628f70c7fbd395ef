package io.accesstokens.token.policy;

import io.accesstokens.token.Actor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits the age of the sign-in of a session that creates or rotates a token, adds a scope to a
 * service token or relaxes its limits. This reduces the damage from a stolen session. The limit
 * does not apply to a token that can only read.
 *
 * <p>The limit does not apply to a request with a credential (Basic, a JWT, a raw token), because
 * the credential is the proof of identity.
 *
 * @param limit the maximum age; null for any age
 */
public record SignInAge(@Nullable Duration limit) {

  /** A limit that accepts sign-ins of any age. */
  public static final SignInAge ANY = new SignInAge(null);

  /** The name of the rule that is reported if the sign-in is too old. */
  public static final String RULE = "fresh-sign-in";

  /**
   * Maximum difference between the clocks of replicas. An instant further in the future was
   * recorded with a wrong clock. A sign-in at such an instant counts as too old, and a session that
   * began or was used at such an instant is invalid. A mint flow is invalid if the time until its
   * end is longer than its lifetime plus this difference.
   */
  public static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(5);

  private static final String READ = ":read";

  /**
   * Creates a limit on the age of a sign-in.
   *
   * @throws IllegalArgumentException if the limit is not positive
   */
  public SignInAge {
    if (limit != null && (limit.isZero() || limit.isNegative())) {
      throw new IllegalArgumentException("a limit on the age of a sign-in must be positive");
    }
  }

  /**
   * Returns true if a scope allows only reading, which means that its id ends with {@code :read}.
   * All other scopes count as scopes that can change data.
   */
  public static boolean isReadOnly(String scope) {
    return scope.endsWith(READ);
  }

  /** Returns the first scope for which the actor's sign-in is too old; null if there is none. */
  @Nullable String tooOldFor(Actor actor, List<String> scopes, Instant now) {
    if (limit == null
        || !(actor instanceof Actor.Person person)
        || person.signedInAt() == null
        || isFresh(person.signedInAt(), limit, now)) {
      return null;
    }
    return scopes.stream().filter(scope -> !isReadOnly(scope)).findFirst().orElse(null);
  }

  private static boolean isFresh(Instant signedInAt, Duration limit, Instant now) {
    return now.isBefore(signedInAt.plus(limit)) && !signedInAt.isAfter(now.plus(CLOCK_DIFFERENCE));
  }
}
