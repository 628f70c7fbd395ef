package io.accesstokens.login.openid;

import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.session.SessionResponse;
import io.accesstokens.token.Text;
import io.accesstokens.verify.EntityRef;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The registration of this service at an OpenID provider. Also contains the rules that convert the
 * provider's claims to a user and groups.
 *
 * <p>Contains a secret, which {@link #toString} does not return.
 *
 * @param issuer the issuer of the provider, exactly as in the provider's metadata
 * @param publicUrl the URL at which browsers reach this service, without a slash at the end
 * @param currentSecret returns the current client secret; null for a public client
 * @param scopes the requested scopes in addition to {@code openid}
 * @param title the display name of the provider
 * @param user the template of the user's entity ref; the placeholder is the name of a claim
 * @param groups converts a claim to groups. The user also belongs to the groups from the group
 *     directory
 */
public record OpenIdRegistration(
    URI issuer,
    URI publicUrl,
    String clientId,
    @Nullable Supplier<String> currentSecret,
    List<String> scopes,
    String title,
    EntityRefTemplate user,
    Groups groups) {

  /**
   * Maximum number of groups that are read from the claim of one user. Further claim values are
   * ignored. The number must be bounded, because each request of the user evaluates all groups.
   */
  private static final int MAX_GROUPS = 1_000;

  private static final Logger LOG = System.getLogger(OpenIdRegistration.class.getName());

  /**
   * Converts the values of a claim to groups. If the claim is in a nested object, the name of the
   * claim is a path with dots, such as {@code realm_access.roles}.
   *
   * @param claim the name of the claim, which contains a text or a list of texts; null to use no
   *     claim
   * @param named the groups of individual claim values, by claim value
   * @param template converts all other claim values to groups; null to ignore these values
   */
  public record Groups(
      @Nullable String claim, Map<String, EntityRef> named, @Nullable EntityRefTemplate template) {

    /** Uses no claim. The claims give a user no groups. */
    public static final Groups NONE = new Groups(null, Map.of(), null);

    public Groups {
      named = Map.copyOf(named);
    }
  }

  public OpenIdRegistration {
    scopes = List.copyOf(scopes);
  }

  /** Returns the redirect URI for sign-ins. This URI must be registered at the provider. */
  public URI redirectUri() {
    return URI.create(publicUrl + OpenIdResource.CALLBACK);
  }

  /** Returns the redirect URI for sign-outs. This URI must be registered at the provider. */
  public URI signedOutUri() {
    return URI.create(publicUrl + "/sign-in");
  }

  Optional<String> clientSecret() {
    return Optional.ofNullable(currentSecret).map(Supplier::get);
  }

  /** Returns the entry for the list of login methods on the sign-in page. */
  public SessionResponse.LoginMethod loginMethod() {
    String root = Optional.ofNullable(publicUrl.getRawPath()).orElse("");
    return new SessionResponse.LoginMethod("oidc", title, root + OpenIdResource.START);
  }

  /** Returns the name of the claim that identifies the user. */
  String userClaim() {
    return user.placeholder();
  }

  /**
   * Returns true if the claims contain the claim that identifies the user. If the registration
   * reads groups from a claim, the claims must contain this claim too.
   */
  boolean isComplete(Map<String, Object> claims) {
    return claims.containsKey(userClaim()) && (groups.claim() == null || value(claims) != null);
  }

  /**
   * Returns the entity ref of the user.
   *
   * @return empty if the claim that identifies the user is absent, is not a text, or cannot be part
   *     of an entity ref
   */
  Optional<EntityRef> userOf(Map<String, Object> claims) {
    return nameOf(claims).flatMap(user::of);
  }

  /**
   * Returns the name of the user at the provider. Returns empty if the claim that identifies the
   * user is absent or is not a text.
   */
  Optional<String> nameOf(Map<String, Object> claims) {
    return claims.get(userClaim()) instanceof String name ? Optional.of(name) : Optional.empty();
  }

  /**
   * Returns false if the user or the groups come from an email address that the provider has not
   * verified. Returns true in all other cases.
   */
  boolean isVerified(Map<String, Object> claims) {
    String groupsClaim = groups.claim();
    return VerifiedEmail.isVerifiedIfUsed(
        claims, userClaim(), groupsClaim == null ? "" : groupsClaim);
  }

  /**
   * Returns the groups that the claims give the user, at most {@link #MAX_GROUPS} groups. Logs a
   * warning if the provider sends only a reference to the groups (OpenID Connect Core 1.0, section
   * 5.6.2). Entra ID does so for a user with too many groups. References are not read.
   */
  Set<EntityRef> groupsOf(Map<String, Object> claims) {
    String claim = groups.claim();
    if (claim != null
        && value(claims) == null
        && claims.get("_claim_names") instanceof Map<?, ?> references
        && references.containsKey(claim)) {
      LOG.log(
          Level.WARNING,
          "the provider does not send the claim {0} of the user {1}, but only an address for it,"
              + " which this service does not read; let the provider send fewer groups",
          claim,
          userOf(claims).map(EntityRef::toString).orElse("?"));
    }
    Set<EntityRef> refs = new HashSet<>();
    for (Object value : values(claims)) {
      Optional<EntityRef> ref = value instanceof String text ? group(text) : Optional.empty();
      if (refs.size() == MAX_GROUPS && !refs.containsAll(ref.stream().toList())) {
        // An incomplete list gives the user fewer permissions, which is safe.
        LOG.log(
            Level.WARNING,
            "the claim {0} has more than {1} groups of the user {2}, so some groups are ignored",
            groups.claim(),
            String.valueOf(MAX_GROUPS),
            userOf(claims).map(EntityRef::toString).orElse("?"));
        break;
      }
      ref.ifPresent(refs::add);
    }
    return refs;
  }

  private List<?> values(Map<String, Object> claims) {
    Object found = value(claims);
    return found instanceof List<?> list ? list : found == null ? List.of() : List.of(found);
  }

  /**
   * Returns the value of the claim that lists the groups. Returns null if no claim is configured or
   * if the claim is absent.
   */
  private @Nullable Object value(Map<String, Object> claims) {
    String claim = groups.claim();
    if (claim == null) {
      return null;
    }
    Object found = claims.get(claim);
    if (found == null) {
      found = claims;
      for (String step : claim.split("\\.", -1)) {
        found = found instanceof Map<?, ?> object ? object.get(step) : null;
      }
    }
    return found;
  }

  private Optional<EntityRef> group(String value) {
    EntityRef named = groups.named().get(value);
    if (named != null || groups.template() == null) {
      return Optional.ofNullable(named);
    }
    return groups.template().of(value);
  }

  /**
   * Returns a hash of the issuer and the client id. The hash changes if the issuer or the client id
   * changes. All sessions with the old hash are then invalid.
   */
  public String accountStatus() {
    return Base64.getEncoder().encodeToString(Text.sha256(issuer + " " + clientId));
  }

  /** Returns a text without the secret. */
  @Override
  public String toString() {
    return "OpenIdRegistration[" + issuer + ", redacted]";
  }
}
