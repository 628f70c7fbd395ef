package io.accesstokens.store.memory;

import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenSecrets;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.verify.PresentedSecret.SecretId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Stores the callers of service tokens in memory. The lock of the token store guards each instance.
 */
final class InMemoryCallers {

  private final Map<UUID, List<TokenCaller>> callers = new HashMap<>();

  /**
   * Adds the callers in {@code usage}, which have used one secret of the token. Deletes the callers
   * with accepted uses of ended secrets.
   */
  void add(ServiceToken token, SecretId secret, TokenUsage usage) {
    if (usage.callers().isEmpty()) {
      return;
    }
    TokenSecrets secrets = token.secrets();
    int number = secret.number() == SecretId.UNKNOWN ? secrets.number() : secret.number();
    List<TokenCaller> added =
        usage.callers().stream().map(caller -> caller.withSecret(number)).toList();
    Set<Integer> live = liveSecrets(secrets);
    callers.put(
        token.id(),
        TokenCaller.merge(callers.getOrDefault(token.id(), List.of()), added).stream()
            .filter(caller -> caller.isKeptFor(live))
            .toList());
  }

  private static Set<Integer> liveSecrets(TokenSecrets secrets) {
    Set<Integer> live = new HashSet<>(Set.of(secrets.number()));
    PreviousSecret previous = secrets.previous();
    if (previous != null) {
      live.add(previous.number());
    }
    return live;
  }

  List<TokenCaller> callers(UUID tokenId, Instant since) {
    return callers.getOrDefault(tokenId, List.of()).stream()
        .filter(caller -> !caller.lastUsedAt().isBefore(since))
        .toList();
  }

  /**
   * Returns the callers with refused uses, by token id.
   *
   * @param since omits callers whose last use was before this instant
   * @param limit the maximum number of callers; callers with the latest uses are preferred
   */
  Map<UUID, List<TokenCaller>> refused(Predicate<UUID> ofToken, Instant since, int limit) {
    record Found(UUID tokenId, TokenCaller caller) {}
    return callers.keySet().stream()
        .filter(ofToken)
        .flatMap(id -> callers(id, since).stream().map(caller -> new Found(id, caller)))
        .filter(found -> !found.caller().key().accepted())
        .sorted(Comparator.comparing(Found::caller, TokenCaller.newestFirst()))
        .limit(limit)
        .collect(
            Collectors.groupingBy(
                Found::tokenId, Collectors.mapping(Found::caller, Collectors.toList())));
  }

  /** Deletes the callers whose last use was more than {@link TokenCaller#KEPT_DAYS} days ago. */
  void trim(Instant now) {
    Instant oldest = now.minus(Duration.ofDays(TokenCaller.KEPT_DAYS));
    callers.replaceAll((id, all) -> callers(id, oldest));
    callers.values().removeIf(List::isEmpty);
  }

  void clear() {
    callers.clear();
  }
}
