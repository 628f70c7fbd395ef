package io.accesstokens.app.wiring;

import io.accesstokens.app.ConfiguredDirectory;
import io.accesstokens.app.ConfiguredLogin;
import io.accesstokens.app.OpenResources;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.directory.FileGroupDirectory;
import io.accesstokens.token.directory.GroupDirectory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.time.Clock;

/** Produces the group directory and the sources of users. */
@ApplicationScoped
public class DirectoryProducer {

  @Produces
  @Singleton
  ConfiguredDirectory directory(
      Configuration configuration, OpenResources resources, ServerMetrics metrics) {
    ConfiguredDirectory directory = ConfiguredDirectory.open(configuration);
    resources.onClose(directory::close);
    if (directory.groups() instanceof FileGroupDirectory file) {
      metrics.file("accessTokens.directory.groupsFile", file::isUsable);
    }
    if (directory.ldap() != null && configuration.settings().login().ldap().caFile().isPresent()) {
      metrics.file("accessTokens.login.ldap.caFile", directory.ldap()::isCaFileUsable);
    }
    return directory;
  }

  @Produces
  @Singleton
  GroupDirectory groups(ConfiguredDirectory directory) {
    return directory.groups();
  }

  @Produces
  @Singleton
  ConfiguredLogin login(
      Configuration configuration,
      ConfiguredDirectory directory,
      Clock clock,
      OpenResources resources,
      ServerMetrics metrics) {
    ConfiguredLogin login = ConfiguredLogin.open(configuration, directory, clock, metrics);
    resources.onClose(login::close);
    return login;
  }

  /**
   * Returns the identity store that checks passwords. The {@code IdentityStoreHandler} of Jakarta
   * Security also uses this bean.
   */
  @Produces
  @Singleton
  IdentityStore identityStore(ConfiguredLogin login) {
    return login.identityStore();
  }
}
