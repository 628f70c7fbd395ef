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
 * An issuer whose JWTs say who somebody is.
 *
 * @param issuer the {@code iss} of its tokens, compared character by character
 * @param audience one of their {@code aud}
 * @param algorithms those that it may sign with, of {@link #ALGORITHMS}
 * @param keys where it publishes its keys (RFC 7517): http or https
 * @param user gives the person; its placeholder is the claim that names them
 * @param groups gives their groups; its placeholder is the claim that lists them
 * @param clockSkew by how much its clock may differ from ours
 * @param timeout within which its keys have to be read
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

  /** What can be allowed (RFC 7518, section 3.1): a public key verifies all of them. */
  public static final List<String> ALGORITHMS =
      List.of("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512");

  public TrustedIssuer {
    algorithms = Set.copyOf(algorithms);
    if (algorithms.isEmpty() || !ALGORITHMS.containsAll(algorithms)) {
      throw new IllegalArgumentException("only signatures by a key pair can be trusted");
    }
  }

  /**
   * Reads a list of algorithms, separated by commas or spaces.
   *
   * @return empty if there is none, or one that is not among {@link #ALGORITHMS}
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
