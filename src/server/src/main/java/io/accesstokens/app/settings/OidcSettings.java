package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The settings of an OpenID provider for sign-in. */
public interface OidcSettings {

  /**
   * Returns the issuer identifier of the provider, exactly as configured. If this setting is
   * absent, no OpenID provider is used.
   */
  Optional<URI> issuer();

  /** Returns the client ID that the provider has assigned to this application. */
  Optional<String> clientId();

  /** Returns the client secret; absent for a public client. */
  Optional<Secret> clientSecret();

  /**
   * Returns the scopes that this application requests from the provider, separated by commas or
   * spaces. The scope {@code openid} is always requested.
   */
  @Setting(byDefault = "profile")
  String scopes();

  /** Returns the name that the sign-in page shows for the provider. */
  @Setting(byDefault = "Single sign-on")
  String title();

  /**
   * Returns the template for the entity ref of a user. The placeholder contains the name of a claim
   * in the ID token or the UserInfo.
   */
  @Setting(byDefault = "user:default/{preferred_username}")
  String userEntityRef();

  /**
   * Returns the name of the claim in the ID token or the UserInfo that contains the user's groups.
   * Dots in the name separate the names of nested objects.
   */
  Optional<String> groupsClaim();

  /** Returns the entries that map single values of the claim {@link #groupsClaim()} to groups. */
  List<Group> groups();

  /**
   * Returns the template for the entity ref of a group. The template applies to claim values
   * without an entry in {@link #groups()}. The placeholder represents the claim value. If this
   * setting is absent, claim values without an entry are ignored.
   */
  Optional<String> groupEntityRef();

  /** Maps one value of the claim {@link OidcSettings#groupsClaim()} to a group. */
  interface Group {

    /** Returns the claim value that this entry maps to the group. */
    String value();

    /** Returns the entity ref of the group, for example {@code group:default/platform}. */
    String groupEntityRef();
  }
}
