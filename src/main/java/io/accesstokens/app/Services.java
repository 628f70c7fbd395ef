package io.accesstokens.app;

import io.accesstokens.app.client.UnknownTokens;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Storage;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.login.NoPasswords;
import io.accesstokens.login.OpenIdProvider;
import io.accesstokens.login.PeopleFile;
import io.accesstokens.login.PeopleFileIdentityStore;
import io.accesstokens.login.RealmIdentityStore;
import io.accesstokens.login.SignInLimit;
import io.accesstokens.login.Standings;
import io.accesstokens.session.SessionStore;
import io.accesstokens.session.Sessions;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.memory.InMemorySessionStore;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.BackgroundWork;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.LastUse;
import io.accesstokens.token.People;
import io.accesstokens.token.SharedFeed;
import io.accesstokens.token.StoreUnavailable;
import io.accesstokens.token.StoredTokenCheck;
import io.accesstokens.token.TokenAuthority;
import io.accesstokens.token.TokenStore;
import io.accesstokens.verify.TokenCheck;
import io.accesstokens.verify.VerificationUnavailable;
import io.github.bucket4j.TimeMeter;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The running application's objects, made from its configuration. */
final class Services implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Services.class.getName());

  private static final int SESSIONS_SEEN_SECONDS = 5;
  private static final int SESSIONS_OVER_SECONDS = 60;

  private final Configuration configuration;
  private final Deque<Runnable> closing = new ArrayDeque<>();
  private final GroupDirectory directory;
  private final People present;
  private final IdentityStore people;
  private final Predicate<String> knownUsernames;
  private final Standings standings;
  private final TokenStore store;
  private final AuditLogger audit;
  private final TokenAuthority authority;
  private final UnknownTokenLimit unknownTokens;
  private final SignInLimit signInLimit;
  private final Verdicts verdicts;
  private final Sessions sessions;
  private final @Nullable OpenIdProvider openIdProvider;

  /**
   * Makes and starts everything.
   *
   * @throws StartRefused if an operator must mend something first; nothing is left running then
   */
  static Services start(Configuration configuration) {
    return new Services(configuration);
  }

  private Services(Configuration configuration) {
    this.configuration = configuration;
    Clock clock = Clock.systemUTC();
    String openId =
        configuration.givenOpenId() == null ? null : configuration.givenOpenId().standing();
    try {
      ConfiguredDirectory configured = ConfiguredDirectory.open(configuration);
      closing.push(configured::close);
      directory = configured.groups();
      if (!configuration.hasPasswords()) {
        people = new NoPasswords();
        knownUsernames = name -> false;
        standings = standings(openId, name -> Optional.empty());
        present = configured.people(null);
      } else if (configuration.settings().login().container()) {
        people =
            new RealmIdentityStore(
                configuration.realmUserRef(), configuration.permissionPolicy().roles());
        knownUsernames = name -> false; // a realm does not say
        standings = standings(openId, name -> Optional.of("realm")); // nor who has left it
        present = configured.people(null);
      } else {
        PeopleFile file = ConfiguredFiles.people(configuration);
        people = new PeopleFileIdentityStore(file);
        knownUsernames = file::knows;
        standings = standings(openId, file::standing);
        present = configured.people(openId == null ? file : null);
      }
      DataDirectory.require(configuration);
      store = openStore(configuration.storage());
      LastUse lastUse = new LastUse(store, clock);
      audit = new AuditLogger(lastUse, configuration.permissionPolicy(), clock);
      verdicts =
          new Verdicts(
              configuration,
              store,
              new StoredTokenCheck(store, configuration.scopeCatalogue(), clock));
      closing.push(verdicts::close);
      authority =
          new TokenAuthority(
              store,
              directory,
              configuration.permissionPolicy(),
              configuration.issuePolicy(),
              configuration.rawTokenFormat(),
              audit,
              clock,
              new SecureRandom(),
              verdicts.finality());
      var limits = configuration.settings().rateLimits();
      unknownTokens =
          new UnknownTokens(
              limits.unknownTokensPerMinute(),
              TimeMeter.SYSTEM_NANOTIME,
              audit::unknownTokensLimited);
      signInLimit =
          new SignInLimit(
              limits.failedSignInsPerMinute(), UnknownTokens::networkOf, TimeMeter.SYSTEM_NANOTIME);
      sessions =
          new Sessions(
              openSessions(store),
              Duration.ofMinutes(configuration.settings().session().idleMinutes()),
              Duration.ofHours(configuration.settings().session().absoluteHours()),
              clock,
              new SecureRandom());
      openIdProvider =
          configuration.givenOpenId() == null
              ? null
              : new OpenIdProvider(configuration.givenOpenId(), clock);
      if (openIdProvider != null) {
        closing.push(openIdProvider::close);
      }
      closing.push(this::writeSessionsSeen);
      closing.push(
          BackgroundWork.start(lastUse, store, clock)
                  .and(SESSIONS_SEEN_SECONDS, sessions::flush)
                  .and(SESSIONS_OVER_SECONDS, sessions::maintain)
              ::close);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private TokenStore openStore(Storage storage) {
    TokenStore opened;
    if (storage instanceof Storage.Memory) {
      opened = new InMemoryTokenStore();
    } else {
      Database database =
          storage instanceof Storage.Jdbc jdbc
              ? Database.open(jdbc)
              : Database.open((Storage.ContainerDataSource) storage);
      closing.push(database::close);
      database.migrate();
      opened = new HibernateTokenStore(database.dataSource());
    }
    closing.push(opened::close);
    return opened;
  }

  /**
   * @param openId null without a provider
   * @param passwords of a username
   */
  private static Standings standings(
      @Nullable String openId, Function<String, Optional<String>> passwords) {
    return (way, username) ->
        switch (way) {
          case PASSWORD -> passwords.apply(username);
          case OIDC -> Optional.ofNullable(openId);
        };
  }

  private static SessionStore openSessions(TokenStore store) {
    return store instanceof HibernateTokenStore hibernate
        ? hibernate.sessions()
        : new InMemorySessionStore();
  }

  /** What the background has not written when it ends. */
  private void writeSessionsSeen() {
    try {
      sessions.flush();
    } catch (StoreUnavailable e) {
      LOG.log(Level.WARNING, "when sessions were last seen is not written: {0}", e.getMessage());
    }
  }

  Configuration configuration() {
    return configuration;
  }

  GroupDirectory directory() {
    return directory;
  }

  /** Whether people are still there. */
  People present() {
    return present;
  }

  /** Checks the passwords of people. */
  IdentityStore people() {
    return people;
  }

  /** Whether a name is known to be somebody's. */
  Predicate<String> knownUsernames() {
    return knownUsernames;
  }

  /** Says who may still sign in as they did. */
  Standings standings() {
    return standings;
  }

  /** Where people sign in, too; null if nowhere. */
  @Nullable OpenIdProvider openIdProvider() {
    return openIdProvider;
  }

  /** Sessions of people in browsers. */
  Sessions sessions() {
    return sessions;
  }

  TokenStore store() {
    return store;
  }

  AuditLogger audit() {
    return audit;
  }

  TokenAuthority authority() {
    return authority;
  }

  /** What verifiers elsewhere read; null if they cannot keep verdicts. */
  @Nullable SharedFeed feed() {
    return verdicts.shared();
  }

  TokenCheck check() {
    return verdicts.check();
  }

  /**
   * Reaches the store, and tells whether tokens can be checked.
   *
   * @throws VerificationUnavailable if not
   */
  void requireReady() {
    store.ping();
    if (!verdicts.areAvailable()) {
      throw new VerificationUnavailable("changes of verdicts cannot be read");
    }
  }

  /** How many unknown tokens a client may try. */
  UnknownTokenLimit unknownTokens() {
    return unknownTokens;
  }

  /** How many wrong passwords may be tried. */
  SignInLimit signInLimit() {
    return signInLimit;
  }

  /** Ends everything, last started first. */
  @Override
  public void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
  }
}
