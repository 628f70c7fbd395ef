package io.accesstokens.app.settings;

import io.accesstokens.app.client.TrustedProxies;
import io.accesstokens.app.notice.NoticeConfiguration;
import io.accesstokens.app.settings.storage.ClusterSettings.Replicas;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.app.stream.StreamTargetConfiguration;
import io.accesstokens.app.transparency.publication.Publication;
import io.accesstokens.exchange.Audience;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.login.openid.OpenIdRegistration;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.token.rotation.RotationPolicy;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.RawTokenFormat;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * The validated settings, and the values that are derived from the settings.
 *
 * @param settings the settings as they were configured
 * @param scopeCatalog the scopes in this order: built-in scopes, configured scopes, and, if
 *     allowed, the scopes for the management of tokens
 * @param creationPolicy the rules for new service tokens
 * @param personalCreationPolicy the rules for new personal tokens
 * @param rotationPolicy the rules for the rotation of secrets
 * @param permissionPolicy the grants of permissions, including the sample grants if they apply
 * @param realmUserRef the template for the entity ref of a user of the servlet container's realm
 * @param usersFileOrNull the absolute path of the users file; null if not configured
 * @param groups the source of groups and group members
 * @param rawTokenFormat the format of raw tokens
 * @param storage the storage of tokens
 * @param replicas the number of processes that share the storage: one or many
 * @param dataDirectory the absolute path of the data directory, which might not exist yet
 * @param publicUrlOrNull the public URL without a slash at its end; null if not configured
 * @param trustedProxies the trusted proxies
 * @param logLevels the levels of loggers, by the name of the logger; the name of the root logger is
 *     an empty string
 * @param metricsReaders the clients that can read metrics without a credential
 * @param federation the external systems that authenticate users
 * @param openIdOrNull the OpenID provider for sign-in; null if not configured
 * @param keySealOrNull encrypts the signing keys in the store; null if not configured
 * @param audiences the audiences of short-lived tokens; empty if the tokens are only for this
 *     server
 * @param applications the display names of the applications that request personal tokens, by origin
 * @param notices the settings of mails and webhooks about tokens
 * @param publication the settings of the receivers of checkpoints
 * @param streams the systems that receive audit events
 * @param watchedFiles the check of each file with a secret or with the authorities of a syslog
 *     server, by the full name of the setting that names the file. A check returns false if the
 *     file has changed and cannot be used
 * @param warnings the warnings for the operator, one line each
 */
public record Configuration(
    Settings settings,
    ScopeCatalog scopeCatalog,
    CreationPolicy creationPolicy,
    PersonalCreationPolicy personalCreationPolicy,
    RotationPolicy rotationPolicy,
    PermissionPolicy permissionPolicy,
    EntityRefTemplate realmUserRef,
    @Nullable Path usersFileOrNull,
    Groups groups,
    RawTokenFormat rawTokenFormat,
    Storage storage,
    Replicas replicas,
    Path dataDirectory,
    @Nullable URI publicUrlOrNull,
    TrustedProxies trustedProxies,
    Map<String, Level> logLevels,
    List<AddressRange> metricsReaders,
    Federation federation,
    @Nullable OpenIdRegistration openIdOrNull,
    @Nullable KeySeal keySealOrNull,
    List<Audience> audiences,
    Map<WebOrigin, String> applications,
    NoticeConfiguration notices,
    Publication publication,
    List<StreamTargetConfiguration> streams,
    Map<String, BooleanSupplier> watchedFiles,
    List<String> warnings) {

  public Configuration {
    logLevels = Map.copyOf(logLevels);
    metricsReaders = List.copyOf(metricsReaders);
    audiences = List.copyOf(audiences);
    applications = Map.copyOf(applications);
    streams = List.copyOf(streams);
    watchedFiles = Map.copyOf(watchedFiles);
    warnings = List.copyOf(warnings);
  }

  /**
   * Returns the URL under which clients reach the application, without a slash at its end; empty if
   * not configured.
   */
  public Optional<URI> publicUrl() {
    return Optional.ofNullable(publicUrlOrNull);
  }

  /** Returns the name for a new transparency log. An existing log keeps its name. */
  public String logOrigin() {
    return settings
        .auditLog()
        .origin()
        .or(() -> publicUrl().map(URI::getHost))
        .orElse("access-tokens");
  }

  /**
   * Returns all grants. If personal tokens are disabled, omits the permissions on personal tokens.
   */
  public PermissionPolicy usablePermissions() {
    return settings.personal().enabled()
        ? permissionPolicy
        : permissionPolicy.withoutPersonalTokens();
  }

  /** Returns the absolute path of the users file; empty if not configured. */
  public Optional<Path> usersFile() {
    return Optional.ofNullable(usersFileOrNull);
  }

  /**
   * Returns true if the built-in sample users can sign in. The passwords of these users are public.
   */
  public boolean hasSampleUsers() {
    return !settings.login().container()
        && usersFileOrNull == null
        && federation.ldap().isEmpty()
        && settings.login().oidc().issuer().isEmpty();
  }

  /** Returns true if the users of the users file or the built-in sample users can sign in. */
  public boolean hasLocalUsers() {
    return usersFileOrNull != null || hasSampleUsers();
  }

  /** Returns true if users can sign in with a username and a password. */
  public boolean hasPasswordLogin() {
    return settings.login().container() || federation.ldap().isPresent() || hasLocalUsers();
  }
}
