package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a new personal token may look like. A pure function of the request, the catalogue and the
 * time; it reports everything that is wrong at once.
 *
 * @param terms the scopes that there are for personal tokens, and how long tokens live
 * @param mostLive how many good tokens a user may have at most
 */
public record MintPolicy(CreationPolicy terms, int mostLive) {

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
   * From what service tokens may look like: their scopes, but for those that are permissions, which
   * are replaced by the ones that a personal token can carry; and the limits of groups.
   *
   * @param mostLive how many good tokens a user may have, if no limit of their groups is narrower
   * @throws IllegalArgumentException unless {@code 1 <= defaultDays <= maxDays} and a user may have
   *     a token
   */
  public static MintPolicy of(CreationPolicy service, int maxDays, int defaultDays, int mostLive) {
    List<ScopeCatalogue.Definition> others =
        service.catalogue().scopes().stream()
            .filter(scope -> !scope.id().startsWith(Permissions.PREFIX))
            .toList();
    ScopeCatalogue scopes = ScopeCatalogue.of(others).and(ScopeCatalogue.delegation());
    return new MintPolicy(
        new CreationPolicy(scopes, maxDays, defaultDays, service.limits(), service.signInAge()),
        mostLive);
  }

  /** How many good tokens a user of these groups may have. */
  int mostLive(Set<EntityRef> groupsOfUser) {
    return Math.min(mostLive, terms.mostLivePerUser(groupsOfUser).orElse(mostLive));
  }

  /** Whether a service token of that group could have that scope. */
  boolean allows(EntityRef group, String scope) {
    return terms.limitsOf(group).allowedScopes().contains(scope);
  }

  /**
   * A request in which nothing is wrong.
   *
   * @param scopes each once, in the order given
   */
  public record Terms(String name, List<String> scopes, Instant expiresAt) {

    public Terms {
      scopes = List.copyOf(scopes);
    }

    /** As one would ask for it. */
    public MintRequest request() {
      return new MintRequest(name, scopes, null, expiresAt.toString(), List.of());
    }
  }

  /**
   * Reads a request.
   *
   * @throws InvalidRequestException naming each field that is wrong
   */
  Terms check(MintRequest request, Instant now) {
    CreationPolicy.Findings findings = new CreationPolicy.Findings(request.unreadable());
    // What limits a group's tokens counts when a scope is used: see PersonalTokenService.
    GroupLimits bounds = GroupLimits.of(terms, List.of());
    String name = checkName(request.name(), findings);
    List<@Nullable String> asked = request.scopes();
    List<String> scopes =
        asked == null || asked.isEmpty() ? List.of() : terms.checkScopes(asked, bounds, findings);
    Instant expiresAt =
        CreationPolicy.checkExpiry(
            request.expiresAt(), request.expiresInDays(), now, bounds, findings);
    List<Violation> violations = findings.violations();
    if (name == null || scopes == null || expiresAt == null || !violations.isEmpty()) {
      throw new InvalidRequestException(violations);
    }
    return new Terms(name, scopes, expiresAt);
  }

  private static @Nullable String checkName(
      @Nullable String given, CreationPolicy.Findings findings) {
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
