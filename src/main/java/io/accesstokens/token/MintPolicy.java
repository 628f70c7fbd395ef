package io.accesstokens.token;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a new personal token may look like. A pure function of the request, the catalogue and the
 * time; it reports everything that is wrong at once.
 *
 * @param terms the scopes that there are for personal tokens, and how long tokens live
 * @param mostLive how many good tokens a user may have
 */
public record MintPolicy(IssuePolicy terms, int mostLive) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 _.:/-]{1,100}");

  /**
   * @throws IllegalArgumentException unless a user may have a token
   */
  public MintPolicy {
    if (mostLive < 1) {
      throw new IllegalArgumentException("a user may have at least one token");
    }
  }

  /**
   * From the scopes of service tokens: those that are permissions are replaced by the ones that a
   * personal token can carry.
   *
   * @throws IllegalArgumentException unless {@code 1 <= defaultDays <= maxDays} and a user may have
   *     a token
   */
  public static MintPolicy of(ScopeCatalogue scopes, int maxDays, int defaultDays, int mostLive) {
    List<ScopeCatalogue.Definition> others =
        scopes.scopes().stream()
            .filter(scope -> !scope.id().startsWith(Permissions.PREFIX))
            .toList();
    return new MintPolicy(
        new IssuePolicy(
            ScopeCatalogue.of(others).and(ScopeCatalogue.delegation()), maxDays, defaultDays),
        mostLive);
  }

  /**
   * A request in which nothing is wrong.
   *
   * @param scopes each once, in the order given
   */
  record Terms(String name, List<String> scopes, Instant expiresAt) {}

  /**
   * Reads a request.
   *
   * @throws InvalidRequest naming each field that is wrong
   */
  Terms check(MintRequest request, Instant now) {
    IssuePolicy.Findings findings = new IssuePolicy.Findings(request.unreadable());
    String name = checkName(request.name(), findings);
    List<@Nullable String> asked = request.scopes();
    List<String> scopes =
        asked == null || asked.isEmpty() ? List.of() : terms.checkScopes(asked, findings);
    Instant expiresAt =
        terms.checkExpiry(request.expiresAt(), request.expiresInDays(), now, findings);
    List<Violation> violations = findings.violations();
    if (name == null || scopes == null || expiresAt == null || !violations.isEmpty()) {
      throw new InvalidRequest(violations);
    }
    return new Terms(name, scopes, expiresAt);
  }

  private static @Nullable String checkName(@Nullable String given, IssuePolicy.Findings findings) {
    if (given == null) {
      findings.absent("name");
      return null;
    }
    String name = Text.trim(given);
    if (!NAME.matcher(name).matches()) {
      findings.add("name", "must be 1 to 100 letters, digits, spaces or any of _ . - : /");
      return null;
    }
    return name;
  }
}
