package io.accesstokens.login;

import io.accesstokens.verify.EntityRef;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This service as an OpenID provider knows it, and what it makes of the provider's claims.
 *
 * <p>Holds a secret: {@link #toString} is redacted.
 */
public final class OpenIdRegistration {

  /** More cannot be meant: each is looked at with each request. */
  private static final int MOST_GROUPS = 1_000;

  private final URI issuer;
  private final URI publicUrl;
  private final String clientId;
  private final @Nullable String clientSecret;
  private final List<String> scopes;
  private final String title;
  private final EntityRefTemplate user;
  private final Groups groups;

  /**
   * Which groups a claim's values stand for.
   *
   * @param claim the name of a claim that holds a text or a list of texts; dots lead into objects;
   *     null if no claim does
   * @param named groups by value
   * @param template what the other values stand for; null if for nothing
   */
  public record Groups(
      @Nullable String claim, Map<String, EntityRef> named, @Nullable EntityRefTemplate template) {

    /** None. */
    public static final Groups NONE = new Groups(null, Map.of(), null);

    public Groups {
      named = Map.copyOf(named);
    }
  }

  /**
   * @param issuer the provider, exactly as it names itself
   * @param publicUrl where browsers reach this service, without a slash at the end
   * @param clientSecret null for a public client
   * @param scopes beside {@code openid}
   * @param title what to call the provider on a page
   * @param user who somebody is; the placeholder is the name of a claim
   * @param groups which groups they belong to, beside those of the directory
   */
  public OpenIdRegistration(
      URI issuer,
      URI publicUrl,
      String clientId,
      @Nullable String clientSecret,
      List<String> scopes,
      String title,
      EntityRefTemplate user,
      Groups groups) {
    this.issuer = issuer;
    this.publicUrl = publicUrl;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.scopes = List.copyOf(scopes);
    this.title = title;
    this.user = user;
    this.groups = groups;
  }

  URI issuer() {
    return issuer;
  }

  /** Where the provider sends browsers back to: what is to be registered there. */
  public URI redirectUri() {
    return URI.create(publicUrl + OpenIdResource.CALLBACK);
  }

  /** Where the provider sends browsers after a sign-out: what is to be registered there, too. */
  public URI signedOutUri() {
    return URI.create(publicUrl + "/sign-in");
  }

  URI publicUrl() {
    return publicUrl;
  }

  String clientId() {
    return clientId;
  }

  Optional<String> clientSecret() {
    return Optional.ofNullable(clientSecret);
  }

  List<String> scopes() {
    return scopes;
  }

  /** The way to sign in, for pages. */
  public SessionResponse.Way way() {
    String root = Optional.ofNullable(publicUrl.getRawPath()).orElse("");
    return new SessionResponse.Way("oidc", title, root + OpenIdResource.START);
  }

  /** The claim that says who somebody is. */
  String userClaim() {
    return user.placeholder();
  }

  /**
   * Who somebody is.
   *
   * @return empty if the claim is not there, or its value cannot be part of a ref
   */
  Optional<EntityRef> userOf(Map<String, Object> claims) {
    return nameOf(claims).flatMap(user::of);
  }

  /** By which name the provider knows them. */
  Optional<String> nameOf(Map<String, Object> claims) {
    return claims.get(userClaim()) instanceof String name ? Optional.of(name) : Optional.empty();
  }

  /** Returns true unless user or groups come from an address that the provider has not verified. */
  boolean isVerified(Map<String, Object> claims) {
    String groupsClaim = groups.claim();
    return VerifiedEmail.holds(claims, userClaim(), groupsClaim == null ? "" : groupsClaim);
  }

  /** Which groups they belong to. */
  Set<EntityRef> groupsOf(Map<String, Object> claims) {
    Set<EntityRef> refs = new HashSet<>();
    for (Object value : values(claims)) {
      if (value instanceof String text && refs.size() < MOST_GROUPS) {
        group(text).ifPresent(refs::add);
      }
    }
    return refs;
  }

  private List<?> values(Map<String, Object> claims) {
    if (groups.claim() == null) {
      return List.of();
    }
    Object found = claims.get(groups.claim());
    if (found == null) {
      found = claims;
      for (String step : groups.claim().split("\\.", -1)) {
        found = found instanceof Map<?, ?> object ? object.get(step) : null;
      }
    }
    return found instanceof List<?> list ? list : found == null ? List.of() : List.of(found);
  }

  private Optional<EntityRef> group(String value) {
    EntityRef named = groups.named().get(value);
    if (named != null || groups.template() == null) {
      return Optional.ofNullable(named);
    }
    return groups.template().of(value);
  }

  /** Changes when sessions of another provider must not count any more. */
  public String standing() {
    try {
      byte[] provider = (issuer + " " + clientId).getBytes(StandardCharsets.UTF_8);
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(provider));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Redacted. */
  @Override
  public String toString() {
    return "OpenIdRegistration[" + issuer + ", redacted]";
  }
}
