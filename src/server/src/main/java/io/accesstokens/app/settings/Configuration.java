package io.accesstokens.app.settings;

import io.accesstokens.app.client.TrustedProxies;
import io.accesstokens.exchange.Audience;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.OpenIdRegistration;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.token.CreationPolicy;
import io.accesstokens.token.MintPolicy;
import io.accesstokens.token.PermissionPolicy;
import io.accesstokens.token.ScopeCatalogue;
import io.accesstokens.verify.RawTokenFormat;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings, validated, and what follows from them.
 *
 * @param settings as they were given
 * @param scopeCatalogue the built-in scopes, the configured ones in order, then, if allowed, those
 *     for the management of tokens
 * @param issuePolicy what a new service token may look like
 * @param mintPolicy what a new personal token may look like
 * @param permissionPolicy who may do what; the sample grants if they apply
 * @param realmUserRef who somebody of the servlet container's realm is
 * @param givenPeopleFile the people and their passwords, absolute; null if not configured
 * @param groups where groups and their members come from
 * @param rawTokenFormat the form of raw tokens
 * @param storage where tokens are stored
 * @param replicas how many processes share that storage
 * @param dataDirectory absolute; not created
 * @param givenPublicUrl without a slash at its end; null if not configured
 * @param trustedProxies whose word on a request's origin counts
 * @param federation which other systems are believed about who somebody is
 * @param givenOpenId the OpenID provider at which people sign in; null if not configured
 * @param givenKeySeal what encrypts signing keys at rest; null if not configured
 * @param audiences for whom short-lived tokens are; empty: for this server
 * @param warnings what an operator should know, one thing a line, without line breaks
 */
public record Configuration(
    Settings settings,
    ScopeCatalogue scopeCatalogue,
    CreationPolicy issuePolicy,
    MintPolicy mintPolicy,
    PermissionPolicy permissionPolicy,
    EntityRefTemplate realmUserRef,
    @Nullable Path givenPeopleFile,
    Groups groups,
    RawTokenFormat rawTokenFormat,
    Storage storage,
    Replicas replicas,
    Path dataDirectory,
    @Nullable URI givenPublicUrl,
    TrustedProxies trustedProxies,
    Federation federation,
    @Nullable OpenIdRegistration givenOpenId,
    @Nullable KeySeal givenKeySeal,
    List<Audience> audiences,
    List<String> warnings) {

  public Configuration {
    audiences = List.copyOf(audiences);
    warnings = List.copyOf(warnings);
  }

  /**
   * Where the application is reached from outside, without a slash at its end; empty if not
   * configured.
   */
  public Optional<URI> publicUrl() {
    return Optional.ofNullable(givenPublicUrl);
  }

  /** The people and their passwords, absolute; empty if not configured. */
  public Optional<Path> usersFile() {
    return Optional.ofNullable(givenPeopleFile);
  }

  /** Whether the built-in sample people, whose passwords everybody knows, can sign in. */
  public boolean hasSamplePeople() {
    return !settings.login().container()
        && givenPeopleFile == null
        && federation.ldap().isEmpty()
        && settings.login().oidc().issuer().isEmpty();
  }

  /** Whether people of a file, the sample's included, sign in. */
  public boolean hasPeopleFile() {
    return givenPeopleFile != null || hasSamplePeople();
  }

  /** Whether there are people who sign in by a name and a password. */
  public boolean hasPasswords() {
    return settings.login().container() || federation.ldap().isPresent() || hasPeopleFile();
  }
}
