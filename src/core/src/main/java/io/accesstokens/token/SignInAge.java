package io.accesstokens.token;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How old the sign-in of a session may be if the session is used to create a token that can do more
 * than read. It limits what a stolen session is worth.
 *
 * <p>Callers who send a credential with the request (Basic, a JWT, a raw token) are not asked: the
 * credential is the proof.
 *
 * @param limit how old it may be; null: any age
 */
public record SignInAge(@Nullable Duration limit) {

  /** Any age. */
  public static final SignInAge ANY = new SignInAge(null);

  /** The rule by which a request is denied for its sign-in. */
  public static final String RULE = "fresh-sign-in";

  private static final String READ = ":read";

  /**
   * @throws IllegalArgumentException if the limit is not positive
   */
  public SignInAge {
    if (limit != null && (limit.isZero() || limit.isNegative())) {
      throw new IllegalArgumentException("a limit on the age of a sign-in is positive");
    }
  }

  /**
   * Returns true if a scope is known to allow nothing but reading: its id ends in {@code :read}. A
   * scope of any other name counts as one that can change something.
   */
  public static boolean isReadOnly(String scope) {
    return scope.endsWith(READ);
  }

  /** Returns the first scope for which the actor's sign-in is too old; null if there is none. */
  @Nullable String tooOldFor(Actor actor, List<String> scopes, Instant now) {
    if (limit == null
        || !(actor instanceof Actor.Person person)
        || person.signedInAt() == null
        || now.isBefore(person.signedInAt().plus(limit))) {
      return null;
    }
    return scopes.stream().filter(scope -> !isReadOnly(scope)).findFirst().orElse(null);
  }
}
