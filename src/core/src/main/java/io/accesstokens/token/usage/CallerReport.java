package io.accesstokens.token.usage;

import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCaller;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client that used a service token, for a report.
 *
 * @param secret the present state of the secret that the client used
 * @param accepted true if the uses were accepted; false if they were refused
 * @param address the network address of the client; null if it is not known
 * @param client the product of the client, see {@link io.accesstokens.verify.ClientInfo}; null if
 *     it is not known
 * @param usesToday the number of uses on the present UTC day
 * @param lastUsedAt the instant of the last use
 */
public record CallerReport(
    Secret secret,
    boolean accepted,
    @Nullable String address,
    @Nullable String client,
    long usesToday,
    Instant lastUsedAt) {

  /** Maximum number of callers in a report. */
  public static final int MAX = 20;

  /** The present state of a secret. */
  public enum Secret {
    /** The secret is the current secret of the token, even if the token has ended. */
    CURRENT,
    /** The secret was replaced, and is valid until the end of its grace period. */
    PREVIOUS,
    /** The secret was replaced, and is no longer valid. */
    ENDED
  }

  /** A group of callers with the same state of the secret and the same outcome. */
  private record Group(Secret secret, boolean accepted) {}

  private record Ranked(int rank, TokenCaller caller, Secret secret) {}

  /**
   * Selects the callers for a report. All callers with the same state of the secret and the same
   * outcome are a group. If there are too many callers, each group has an equal share of the
   * report.
   *
   * @param token the token
   * @param callers the callers of the token
   * @return at most {@value #MAX} callers, the most recently used caller first. Accepted callers of
   *     ended secrets are omitted.
   */
  static List<CallerReport> of(ServiceToken token, Collection<TokenCaller> callers, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    Map<Group, Integer> ranks = new HashMap<>();
    List<Ranked> ranked = new ArrayList<>();
    for (TokenCaller caller : callers.stream().sorted(TokenCaller.newestFirst()).toList()) {
      Secret secret = secret(token, caller.key().secretNumber(), now);
      boolean accepted = caller.key().accepted();
      if (!accepted || secret != Secret.ENDED) {
        ranked.add(
            new Ranked(ranks.merge(new Group(secret, accepted), 1, Integer::sum), caller, secret));
      }
    }
    Comparator<Ranked> newestFirst =
        Comparator.comparing(Ranked::caller, TokenCaller.newestFirst());
    return ranked.stream()
        .sorted(Comparator.comparing(Ranked::rank).thenComparing(newestFirst))
        .limit(MAX)
        .sorted(newestFirst)
        .map(
            found ->
                new CallerReport(
                    found.secret(),
                    found.caller().key().accepted(),
                    found.caller().key().address(),
                    found.caller().key().client(),
                    found.caller().usesOn(today),
                    found.caller().lastUsedAt()))
        .toList();
  }

  private static Secret secret(ServiceToken token, int number, Instant now) {
    if (number >= token.secrets().number()) {
      return Secret.CURRENT; // a larger number means that the token was rotated after the read
    }
    Optional<PreviousSecret> previous = token.previousSecretAt(now);
    return previous.isPresent() && previous.get().number() == number
        ? Secret.PREVIOUS
        : Secret.ENDED;
  }
}
