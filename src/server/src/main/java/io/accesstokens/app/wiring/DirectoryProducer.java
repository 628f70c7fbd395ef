package io.accesstokens.app.wiring;

import io.accesstokens.app.ConfiguredDirectory;
import io.accesstokens.app.OpenResources;
import io.accesstokens.app.SignIn;
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
    return directory;
  }

  @Produces
  @Singleton
  GroupDirectory groups(ConfiguredDirectory directory) {
    return directory.groups();
  }

  @Produces
  @Singleton
  SignIn signIn(
      Configuration configuration,
      ConfiguredDirectory directory,
      Clock clock,
      OpenResources resources,
      ServerMetrics metrics) {
    SignIn signIn = SignIn.start(configuration, directory, clock, metrics);
    resources.onClose(signIn::close);
    return signIn;
  }

  /**
   * Returns the identity store that checks passwords. The {@code IdentityStoreHandler} of Jakarta
   * Security also uses this bean.
   */
  @Produces
  @Singleton
  IdentityStore identityStore(SignIn signIn) {
    return signIn.identityStore();
  }
}
