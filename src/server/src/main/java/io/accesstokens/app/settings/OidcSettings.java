package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An OpenID provider for sign-in. */
public interface OidcSettings {

  /** Returns the issuer, exactly as the provider names itself; if absent, there is no provider. */
  Optional<URI> issuer();

  /** Returns the client id of this service at the provider. */
  Optional<String> clientId();

  /** Returns the client secret; absent for a public client. */
  Optional<Secret> clientSecret();

  /** Returns the file that contains this secret in one line, instead of {@link #clientSecret()}. */
  Optional<Path> clientSecretFile();

  /** Returns the scopes that are requested in addition to {@code openid}. */
  @Setting(byDefault = "profile")
  String scopes();

  /** Returns the name of the provider on the sign-in page. */
  @Setting(byDefault = "Single sign-on")
  String title();

  /** Returns the template for the ref of a user; the placeholder is a claim of the ID token. */
  @Setting(byDefault = "user:default/{preferred_username}")
  String userEntityRef();

  /** Returns the claim of the ID token that contains the user's groups; dots lead into objects. */
  Optional<String> groupsClaim();

  /** Returns the groups for single values of the claim. */
  List<Group> groups();

  /**
   * Returns the template for the refs of the other values; the placeholder is the value. If absent,
   * other values are ignored.
   */
  Optional<String> groupEntityRef();

  /** Maps a value of the claim to a group. */
  interface Group {

    /** Returns the value. */
    String value();

    /** Returns the group, for example {@code group:default/platform}. */
    String groupEntityRef();
  }
}
