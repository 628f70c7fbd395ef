package io.accesstokens.token.usage;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.verify.EntityRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The service tokens that need the attention of their owners.
 *
 * @param usedAfterEnd the tokens that were used after their expiry or revocation, or with an ended
 *     secret, in the time of {@link #RECENT}. The token with the most uses today is the first
 *     element. There are at most {@value #MAX} tokens.
 * @param moreUsedAfterEnd true if there may be more tokens for {@code usedAfterEnd}
 * @param leftCreators the users who created live tokens, and whom the user directory reports as
 *     gone. The user with the most tokens is the first element. There are at most {@value #MAX}
 *     users.
 * @param moreLeftCreators true if there may be more users who have left. This is the case if more
 *     than {@value #MAX} users were found, or if the presence of some creators is not known. Only
 *     the 1,000 creators with the most tokens are looked up.
 */
public record TokenAttention(
    List<UsedAfterEnd> usedAfterEnd,
    boolean moreUsedAfterEnd,
    List<LeftCreator> leftCreators,
    boolean moreLeftCreators) {

  /** Maximum number of listed tokens, and of listed users. */
  public static final int MAX = 10;

  /** Time for which a token in {@link #usedAfterEnd} is listed, counted from its last use. */
  public static final Duration RECENT = Duration.ofDays(7);

  /** The reason for which uses were refused. */
  public enum Reason {
    /** The token was revoked before the use. */
    REVOKED("revoked"),
    /** The token had expired before the use. */
    EXPIRED("expired"),
    /**
     * A rotation has replaced the secret, and the grace period of the secret has ended. If the
     * token is limited to addresses, a refused use before the latest rotation does not count,
     * because the client's address may have been the reason of the refusal.
     */
    ENDED_SECRET("ended-secret");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** Returns the name of the reason in JSON. */
    public String text() {
      return text;
    }
  }

  /**
   * A user who has left.
   *
   * @param user the ref of the user
   * @param tokens the number of live tokens that the user created, at least 1
   */
  public record LeftCreator(String user, long tokens) {

    static final Comparator<LeftCreator> MOST_TOKENS_FIRST =
        Comparator.comparingLong(LeftCreator::tokens).reversed().thenComparing(LeftCreator::user);
  }

  /**
   * A token that was used after its expiry or revocation, or with an ended secret.
   *
   * @param reason the reason for which the last use was refused
   * @param callers the clients, the most recently used client first; at least one client, and at
   *     most {@link CallerReport#MAX} clients
   */
  public record UsedAfterEnd(ServiceToken token, Reason reason, List<CallerReport> callers) {

    static final Comparator<UsedAfterEnd> MOST_USED_FIRST =
        Comparator.comparingLong(UsedAfterEnd::usesToday)
            .thenComparing(used -> used.callers().get(0).lastUsedAt())
            .reversed()
            .thenComparing(used -> used.token().id().toString());

    public UsedAfterEnd {
      callers = List.copyOf(callers);
    }

    /**
     * Selects the callers that used an ended token or secret. Omits a caller whose uses may have
     * been refused because of the address.
     *
     * @return empty if no caller is selected
     */
    static Optional<UsedAfterEnd> of(
        ServiceToken token, Collection<TokenCaller> callers, Instant now) {
      List<CallerReport> ended =
          CallerReport.of(token, callers, now).stream()
              .filter(caller -> !caller.accepted() && reason(token, caller).isPresent())
              .toList();
      return ended.isEmpty()
          ? Optional.empty()
          : reason(token, ended.get(0)).map(reason -> new UsedAfterEnd(token, reason, ended));
    }

    private static Optional<Reason> reason(ServiceToken token, CallerReport caller) {
      Instant used = caller.lastUsedAt();
      Instant revokedAt = token.revokedAt();
      if (revokedAt != null && !used.isBefore(revokedAt)) {
        return Optional.of(Reason.REVOKED);
      }
      if (!used.isBefore(token.expiresAt())) {
        return Optional.of(Reason.EXPIRED);
      }
      return caller.secret() == CallerReport.Secret.ENDED && !mayHaveBeenValid(token, used)
          ? Optional.of(Reason.ENDED_SECRET)
          : Optional.empty();
    }

    /**
     * Returns true if a replaced secret may have been valid at a refused use. The address can then
     * be the reason of the refusal. Only the latest rotation is considered, because earlier
     * rotations are not known.
     */
    private static boolean mayHaveBeenValid(ServiceToken token, Instant used) {
      return !token.limits().allowedAddresses().isEmpty()
          && used.isBefore(token.secrets().createdAt());
    }

    /** Returns the number of refused uses on the current UTC day, by the listed clients. */
    public long usesToday() {
      return callers.stream().mapToLong(CallerReport::usesToday).sum();
    }
  }

  public TokenAttention {
    usedAfterEnd = List.copyOf(usedAfterEnd);
    leftCreators = List.copyOf(leftCreators);
  }

  /** Returns the groups of all listed tokens. */
  public List<EntityRef> groups() {
    return usedAfterEnd.stream().map(used -> used.token().group()).distinct().toList();
  }
}
