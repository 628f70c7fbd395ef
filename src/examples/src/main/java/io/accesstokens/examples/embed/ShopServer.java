package io.accesstokens.examples.embed;

import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.token.policy.PermissionPolicy.Grantees;
import io.accesstokens.token.revocation.BackgroundWork;
import io.accesstokens.token.rotation.FirstUseListener;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.usage.UsageRecorder;
import io.accesstokens.verify.EntityRef;
import jakarta.ws.rs.SeBootstrap;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Runs the shop without a servlet container. Uses the Jakarta REST runtime that is on the class
 * path.
 */
public final class ShopServer implements AutoCloseable {

  private static final EntityRef BOSS = new EntityRef(EntityRef.USER, "default", "grace");

  private final TokenStore store;
  private final FirstUseListener firstUses;
  private final BackgroundWork work;
  private final ServiceTokenService tokenService;
  private final SeBootstrap.Instance server;

  /**
   * Starts the server.
   *
   * @param store the token store; this server closes the store
   * @param port the port, or 0 for any free port
   */
  public ShopServer(TokenStore store, int port) {
    this.store = store;
    // region: token-service
    OrgChart teams =
        new OrgChart(Map.of("checkout", Set.of("ada", "grace"), "search", Set.of("linus")));
    Clock clock = Clock.systemUTC();
    tokenService =
        ServiceTokenService.on(store, teams)
            .permissions(new PermissionPolicy(new Grantees(Set.of(BOSS), Set.of()), Grantees.NONE))
            .scopes(
                ScopeCatalog.defaults()
                    .with("orders:read", "Read orders", "shop")
                    .with("orders:refund", "Give money back", "shop"))
            .lifetimeDays(90, 30)
            .build();
    UsageRecorder usageRecorder = new UsageRecorder(store, clock);
    firstUses = tokenService.firstUseListener();
    work = BackgroundWork.start(usageRecorder, store, clock);
    // endregion
    StaffSignIn signIn =
        new StaffSignIn(Map.of("ada", "countess", "grace", "compiler", "linus", "kernel"));
    server =
        SeBootstrap.start(
                new Shop(tokenService, usageRecorder.and(firstUses), signIn),
                SeBootstrap.Configuration.builder().host("127.0.0.1").port(port).build())
            .toCompletableFuture()
            .join();
  }

  // region: store
  /** Creates a token store in the shop's own database. */
  public static TokenStore storeOn(DataSource dataSource) {
    Migrations.migrate(dataSource);
    return new HibernateTokenStore(dataSource);
  }

  // endregion

  // region: without-http
  /** Creates a token for the shop's own nightly job. This call needs no HTTP request. */
  public String tokenForNightlyJob() {
    CreatedToken issued =
        tokenService.create(
            tokenService.person(BOSS, null),
            CreationRequest.of(
                "nightly-job",
                "Counts the orders of the day",
                new EntityRef(EntityRef.GROUP, "shop", "checkout"),
                List.of("orders:read"),
                7));
    return issued.rawToken().reveal();
  }

  // endregion

  /** Returns the address of the server, without a slash at the end. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.configuration().port());
  }

  // region: close
  @Override
  public void close() {
    server.stop().toCompletableFuture().join();
    firstUses.close();
    work.close(); // writes the last usage counts to the store, which must still be open
    store.close();
  }

  // endregion

  /**
   * Runs the server until the standard input ends.
   *
   * @param arguments the URL of an H2 database, for example {@code
   *     jdbc:h2:./target/shop;WRITE_DELAY=0}; if empty, the tokens are stored in memory
   */
  @SuppressWarnings("SystemOut") // the user at the terminal reads it
  public static void main(String[] arguments) throws Exception {
    DataSource database =
        arguments.length == 0 ? null : JdbcConnectionPool.create(arguments[0], "shop", "shop");
    try (ShopServer shop =
        new ShopServer(database == null ? new InMemoryTokenStore() : storeOn(database), 0)) {
      System.out.println("The shop is at " + shop.address());
      while (System.in.read() >= 0) {
        // read until the end of the input
      }
    }
    System.exit(0); // some servers keep idle threads for a minute
  }
}
