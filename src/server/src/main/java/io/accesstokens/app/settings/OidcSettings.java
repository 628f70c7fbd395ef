package io.accesstokens.app.settings;

import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An OpenID provider at which people sign in. */
public interface OidcSettings {

  /** The provider, exactly as it names itself; absent: there is none. */
  Optional<URI> issuer();

  /** What this service is called there. */
  Optional<String> clientId();

  /** Its secret there; absent for a public client. */
  Optional<Secret> clientSecret();

  /** File that holds that secret, one line, instead of {@link #clientSecret()}. */
  Optional<Path> clientSecretFile();

  /** What is asked for beside {@code openid}. */
  @WithDefault("profile")
  String scopes();

  /** What to call the provider on the sign-in page. */
  @WithDefault("Single sign-on")
  String title();

  /** Who somebody is; the placeholder is a claim of the ID token. */
  @WithDefault("user:default/{preferred_username}")
  String userEntityRef();

  /** The claim of the ID token that names somebody's groups; dots lead into objects. */
  Optional<String> groupsClaim();

  /** What values of that claim stand for. */
  List<Group> groups();

  /** What its other values stand for; the placeholder is the value; absent: nothing. */
  Optional<String> groupEntityRef();

  /** What a value of the claim stands for. */
  interface Group {

    /** The value. */
    String value();

    /** For example {@code group:default/platform}. */
    String groupEntityRef();
  }
}
