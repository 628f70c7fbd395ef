package io.accesstokens.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import io.accesstokens.login.EntityRefTemplate;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An issuer of JWTs that identify users.
 *
 * @param issuer the claim {@code iss} of the issuer's tokens, compared character by character
 * @param audience the value that the claim {@code aud} of the issuer's tokens must contain
 * @param algorithms the allowed signature algorithms, a subset of {@link #ALGORITHMS}
 * @param keys the URL of the issuer's published keys (RFC 7517); the scheme is http or https
 * @param user the template of the user's entity ref; the placeholder is the name of the claim that
 *     identifies the user
 * @param groups the template of a group's entity ref; the placeholder is the name of the claim that
 *     lists the groups
 * @param clockSkew the tolerated difference between the issuer's clock and the clock of this
 *     service
 * @param timeout the maximum time to read the issuer's keys
 */
public record TrustedIssuer(
    String issuer,
    String audience,
    Set<String> algorithms,
    URI keys,
    EntityRefTemplate user,
    EntityRefTemplate groups,
    Duration clockSkew,
    Duration timeout) {

  private static final Pattern SEPARATORS = Pattern.compile("[,\\s]++");

  /**
   * The signature algorithms that the settings can allow (RFC 7518, section 3.1). All of these
   * algorithms use a public key to verify a signature.
   */
  public static final List<String> ALGORITHMS =
      List.of("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512");

  public TrustedIssuer {
    algorithms = Set.copyOf(algorithms);
    if (algorithms.isEmpty() || !ALGORITHMS.containsAll(algorithms)) {
      throw new IllegalArgumentException(
          "algorithms must contain at least one of " + ALGORITHMS + ", and no other algorithm");
    }
  }

  /**
   * Parses a list of algorithm names, separated by commas or spaces.
   *
   * @return empty if the list is empty or contains a name that is not in {@link #ALGORITHMS}
   */
  public static Optional<Set<String>> algorithms(String text) {
    Set<String> names = new LinkedHashSet<>(List.of(SEPARATORS.split(text.strip())));
    return ALGORITHMS.containsAll(names) ? Optional.of(names) : Optional.empty();
  }

  Set<JWSAlgorithm> jwsAlgorithms() {
    Set<JWSAlgorithm> all = new LinkedHashSet<>();
    algorithms.forEach(name -> all.add(JWSAlgorithm.parse(name)));
    return all;
  }
}
