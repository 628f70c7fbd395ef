package io.accesstokens.examples.embed;

import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.Migrations;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.BackgroundWork;
import io.accesstokens.token.CreatedToken;
import io.accesstokens.token.CreationRequest;
import io.accesstokens.token.PermissionPolicy;
import io.accesstokens.token.PermissionPolicy.Grantees;
import io.accesstokens.token.ScopeCatalogue;
import io.accesstokens.token.ServiceTokenService;
import io.accesstokens.token.TokenStore;
import io.accesstokens.token.UsageRecorder;
import io.accesstokens.verify.EntityRef;
import jakarta.ws.rs.SeBootstrap;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** Serves the shop without a container, on whatever Jakarta REST runtime is on the class path. */
public final class ShopServer implements AutoCloseable {

  private static final EntityRef BOSS = new EntityRef(EntityRef.USER, "default", "grace");

  private final TokenStore store;
  private final BackgroundWork work;
  private final ServiceTokenService authority;
  private final SeBootstrap.Instance server;

  /**
   * Starts it.
   *
   * @param store is closed with the server
   * @param port 0 for any that is free
   */
  public ShopServer(TokenStore store, int port) {
    this.store = store;
    // region: authority
    OrgChart teams =
        new OrgChart(Map.of("checkout", Set.of("ada", "grace"), "search", Set.of("linus")));
    Clock clock = Clock.systemUTC();
    authority =
        ServiceTokenService.on(store, teams)
            .permissions(
                new PermissionPolicy(new Grantees(Set.of(BOSS), Set.of()), Grantees.NOBODY))
            .scopes(
                ScopeCatalogue.defaults()
                    .with("orders:read", "Read orders", "shop")
                    .with("orders:refund", "Give money back", "shop"))
            .lifetimeDays(90, 30)
            .build();
    UsageRecorder lastUse = new UsageRecorder(store, clock);
    work = BackgroundWork.start(lastUse, store, clock);
    // endregion
    StaffSignIn signIn =
        new StaffSignIn(Map.of("ada", "countess", "grace", "compiler", "linus", "kernel"));
    server =
        SeBootstrap.start(
                new Shop(authority, lastUse, signIn),
                SeBootstrap.Configuration.builder().host("127.0.0.1").port(port).build())
            .toCompletableFuture()
            .join();
  }

  // region: store
  /** A store on the shop's own database. */
  public static TokenStore storeOn(DataSource dataSource) {
    Migrations.migrate(dataSource);
    return new HibernateTokenStore(dataSource);
  }

  // endregion

  // region: without-http
  /** Makes a token for a job of the shop's own, without a request. */
  public String tokenForNightlyJob() {
    CreatedToken issued =
        authority.issue(
            authority.person(BOSS, null),
            CreationRequest.of(
                "nightly-job",
                "Counts the orders of the day",
                new EntityRef(EntityRef.GROUP, "shop", "checkout"),
                List.of("orders:read"),
                7));
    return issued.rawToken().reveal();
  }

  // endregion

  /** Where it is, without a slash at its end. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.configuration().port());
  }

  // region: close
  @Override
  public void close() {
    server.stop().toCompletableFuture().join();
    work.close(); // writes the last uses, and so comes before the store
    store.close();
  }

  // endregion

  /**
   * Serves until the standard input ends.
   *
   * @param arguments the URL of an H2 database, {@code jdbc:h2:./shop} for instance; without one
   *     the tokens are in memory
   */
  @SuppressWarnings("SystemOut") // The person at the terminal reads it.
  public static void main(String[] arguments) throws Exception {
    DataSource database =
        arguments.length == 0 ? null : JdbcConnectionPool.create(arguments[0], "shop", "shop");
    try (ShopServer shop =
        new ShopServer(database == null ? new InMemoryTokenStore() : storeOn(database), 0)) {
      System.out.println("The shop is at " + shop.address());
      while (System.in.read() >= 0) {
        // until the end
      }
    }
    System.exit(0); // some servers let their threads idle on for a minute
  }
}
