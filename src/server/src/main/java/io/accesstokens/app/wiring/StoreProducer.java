package io.accesstokens.app.wiring;

import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.OpenResources;
import io.accesstokens.app.Readiness;
import io.accesstokens.app.ServletEnvironment;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.Stores;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.store.TokenStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.function.BooleanSupplier;

/**
 * Produces the stores for the configured storage. Migrates the schema of the configured database.
 */
@ApplicationScoped
public class StoreProducer {

  /**
   * Opens the stores. Applies the pending migrations if the storage is a database.
   *
   * @throws StartupException if the database is unreachable, or refuses the connection or a
   *     migration
   */
  @Produces
  @Singleton
  Stores stores(Configuration configuration, OpenResources resources, ServerMetrics metrics) {
    Storage storage = configuration.storage();
    Stores stores;
    if (storage instanceof Storage.Memory) {
      stores = Stores.inMemory();
    } else if (storage instanceof Storage.Jdbc jdbc) {
      ConfiguredDatabase database = ConfiguredDatabase.open(jdbc);
      database.publishMetrics(metrics.registry());
      stores = openStores(database, !jdbc.isEmbedded(), configuration, resources);
    } else {
      boolean allowPlaintext = configuration.settings().database().allowPlaintext();
      stores =
          openStores(
              ConfiguredDatabase.open((Storage.ContainerDataSource) storage, allowPlaintext),
              true,
              configuration,
              resources);
    }
    resources.onClose(stores.tokens()::close);
    return stores;
  }

  private static Stores openStores(
      ConfiguredDatabase database,
      boolean isShared,
      Configuration configuration,
      OpenResources resources) {
    resources.onClose(database::close);
    database.migrate();
    return Stores.of(database, isShared, configuration.notices().routing());
  }

  @Produces
  @Singleton
  Readiness readiness(
      Stores stores, TokenVerification verification, ServletEnvironment environment) {
    return new Readiness(
        () -> ping(stores.tokens(), verification),
        System::nanoTime,
        verification::acceptsCachedInOutage,
        environment::isStopping);
  }

  /**
   * Throws an exception if the store is not available. While all connections are in use, a ping of
   * the store could fail although the database is available. If this process then has a lease, the
   * database responds. This method then sends no ping, or ignores a failure of the ping.
   */
  private static void ping(TokenStore tokens, TokenVerification verification) {
    BooleanSupplier busy =
        () ->
            tokens instanceof HibernateTokenStore store
                && store.areAllConnectionsInUse()
                && verification.hasLease();
    if (busy.getAsBoolean()) {
      return;
    }
    try {
      tokens.ping();
    } catch (StoreUnavailableException e) {
      if (!busy.getAsBoolean()) {
        throw e;
      }
    }
  }
}
