package io.accesstokens.app;

import io.accesstokens.app.client.PersonalTokenChangeLimit;
import io.accesstokens.app.client.SignatureRateLimit;
import io.accesstokens.app.client.UnknownTokenRateLimit;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Storage;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.consent.AuthorizationCodeGrant;
import io.accesstokens.exchange.PublishedMetadata;
import io.accesstokens.jwt.TrustedIssuers;
import io.accesstokens.login.AccountStatus;
import io.accesstokens.login.OpenIdProvider;
import io.accesstokens.login.SignInLimit;
import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.mint.MintFlows;
import io.accesstokens.oauth.Issuer;
import io.accesstokens.oauth.TokenGrant;
import io.accesstokens.session.SessionStore;
import io.accesstokens.session.Sessions;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.memory.InMemoryMintFlowStore;
import io.accesstokens.store.memory.InMemorySessionStore;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.BackgroundWork;
import io.accesstokens.token.ChangeFeedBroker;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.PersonalTokenService;
import io.accesstokens.token.ServiceTokenService;
import io.accesstokens.token.StoreTokenVerifier;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenStore;
import io.accesstokens.token.UsageRecorder;
import io.accesstokens.token.UserDirectory;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.VerificationUnavailableException;
import io.github.bucket4j.TimeMeter;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The running application's objects, made from its configuration. */
final class Services implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Services.class.getName());

  private static final int SESSIONS_SEEN_SECONDS = 5;
  private static final int OVER_SECONDS = 60;

  private final Configuration configuration;
  private final Deque<Runnable> closing = new ArrayDeque<>();
  private final GroupDirectory directory;
  private final UserDirectory present;
  private final IdentityStore people;
  private final Predicate<String> knownUsernames;
  private final @Nullable TrustedIssuers issuers;
  private final AccountStatus standings;
  private final TokenStore store;
  private final Readiness readiness;
  private final AuditLogger audit;
  private final ServiceTokenService authority;
  private final UnknownTokenLimit unknownTokens;
  private final SignatureLimit signatures;
  private final SignInLimit signInLimit;
  private final TokenVerification verdicts;
  private final Sessions sessions;
  private final @Nullable MintFlows mintFlows;
  private final @Nullable OpenIdProvider openIdProvider;
  private final @Nullable Issuer issuer;
  private final @Nullable Exchange exchange;

  /**
   * Makes and starts everything.
   *
   * @param loopbackUrl where this machine reaches the application; null if that is not known, or
   *     others reach it, too
   * @throws StartupException if an operator must mend something first; nothing is left running then
   */
  static Services start(Configuration configuration, @Nullable URI loopbackUrl) {
    return new Services(configuration, loopbackUrl);
  }

  private Services(Configuration configuration, @Nullable URI loopbackUrl) {
    this.configuration = configuration;
    URI address = configuration.publicUrl().orElse(loopbackUrl);
    issuer = address == null ? null : new Issuer(address);
    Clock clock = Clock.systemUTC();
    try {
      ConfiguredDirectory configured = ConfiguredDirectory.open(configuration);
      closing.push(configured::close);
      directory = configured.groups();
      SignIn signIn = SignIn.start(configuration, configured, clock);
      closing.push(signIn::close);
      people = signIn.people();
      knownUsernames = signIn.knownUsernames();
      standings = signIn.standings();
      present = signIn.present();
      issuers = signIn.issuers();
      store = openStore(configuration.storage());
      readiness = new Readiness(store::ping, System::nanoTime);
      UsageRecorder lastUse = new UsageRecorder(store, clock);
      audit = new AuditLogger(lastUse, configuration.permissionPolicy(), clock);
      closing.push(audit::close);
      boolean personal = configuration.settings().personal().enabled();
      StoreTokenVerifier stored =
          new StoreTokenVerifier(store, configuration.scopeCatalogue(), clock);
      verdicts =
          new TokenVerification(configuration, store, personal ? stored.andPersonal() : stored);
      closing.push(verdicts::close);
      ServiceTokenService tokens =
          new ServiceTokenService(
              store,
              directory,
              configuration.permissionPolicy(),
              configuration.issuePolicy(),
              configuration.rawTokenFormat(),
              audit,
              clock,
              new SecureRandom(),
              verdicts.finality());
      authority = personal ? tokens.with(personalTokens(clock)) : tokens;
      var limits = configuration.settings().rateLimits();
      unknownTokens =
          new UnknownTokenRateLimit(
              limits.unknownTokensPerMinute(),
              TimeMeter.SYSTEM_NANOTIME,
              audit::unknownTokensLimited);
      signatures =
          new SignatureRateLimit(
              limits.unknownTokensPerMinute(), TimeMeter.SYSTEM_NANOTIME, audit::signaturesLimited);
      signInLimit =
          new SignInLimit(
              limits.failedSignInsPerMinute(),
              UnknownTokenRateLimit::networkOf,
              TimeMeter.SYSTEM_NANOTIME);
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
      mintFlows =
          authority
              .personal()
              .map(
                  tokensOfUsers ->
                      new MintFlows(openFlows(store), tokensOfUsers, clock, new SecureRandom()))
              .orElse(null);
      exchange =
          Exchange.start(
                  configuration,
                  issuer,
                  new Exchange.Around(store, authority, check(), outcomes(), signatures),
                  clock)
              .orElse(null);
      closing.push(this::writeSessionsSeen);
      BackgroundWork background =
          BackgroundWork.start(lastUse, store, clock)
              .and(AuditLogger.REPORT_SECONDS, audit::reportEnded)
              .and(SESSIONS_SEEN_SECONDS, sessions::flush)
              .and(OVER_SECONDS, sessions::maintain);
      closing.push(background::close);
      if (mintFlows != null) {
        background.and(OVER_SECONDS, mintFlows::maintain);
      }
      if (exchange != null) {
        background.and(SigningKeys.MAINTENANCE_SECONDS, exchange.keys()::maintain);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private PersonalTokenService personalTokens(Clock clock) {
    return new PersonalTokenService(
        store.personal().orElseThrow(),
        directory,
        present,
        configuration.permissionPolicy(),
        configuration.mintPolicy(),
        configuration.rawTokenFormat(),
        new PersonalTokenChangeLimit(
            configuration.settings().rateLimits().personalTokenChangesPerMinute(),
            TimeMeter.SYSTEM_NANOTIME),
        audit,
        clock,
        new SecureRandom(),
        verdicts.finality());
  }

  private TokenStore openStore(Storage storage) {
    TokenStore opened;
    if (storage instanceof Storage.Memory) {
      opened = new InMemoryTokenStore();
    } else {
      Database database =
          storage instanceof Storage.Jdbc jdbc
              ? Database.open(jdbc)
              : Database.open(
                  (Storage.ContainerDataSource) storage,
                  configuration.settings().database().allowPlaintext());
      closing.push(database::close);
      database.migrate();
      opened = new HibernateTokenStore(database.dataSource());
    }
    closing.push(opened::close);
    return opened;
  }

  private static SessionStore openSessions(TokenStore store) {
    return store instanceof HibernateTokenStore hibernate
        ? hibernate.sessions()
        : new InMemorySessionStore();
  }

  private static MintFlowStore openFlows(TokenStore store) {
    return store instanceof HibernateTokenStore hibernate
        ? hibernate.mintFlows()
        : new InMemoryMintFlowStore();
  }

  /** What the background has not written when it ends. */
  private void writeSessionsSeen() {
    try {
      sessions.flush();
    } catch (StoreUnavailableException e) {
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
  UserDirectory present() {
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

  /** Issuers whose JWTs are accepted; null if there are none. */
  @Nullable TrustedIssuers issuers() {
    return issuers;
  }

  /** Says who may still sign in as they did. */
  AccountStatus standings() {
    return standings;
  }

  /** Where people sign in, too; null if nowhere. */
  @Nullable OpenIdProvider openIdProvider() {
    return openIdProvider;
  }

  /** As whom tokens are issued; null if it is not known where the application is reached. */
  @Nullable Issuer issuer() {
    return issuer;
  }

  /** The ways to be given a token at the token endpoint. */
  List<TokenGrant> grants() {
    List<TokenGrant> grants = new ArrayList<>();
    if (exchange != null) {
      grants.add(exchange.grant());
    }
    if (mintFlows != null && issuer != null) {
      grants.add(new AuthorizationCodeGrant(mintFlows, issuer, Clock.systemUTC()));
    }
    return List.copyOf(grants);
  }

  /** Personal tokens on their way; null if there are none. */
  @Nullable MintFlows mintFlows() {
    return mintFlows;
  }

  /** The exchange of personal tokens; null if there is none here. */
  @Nullable Exchange exchange() {
    return exchange;
  }

  /** What is published of the issuer; null if no tokens are signed here. */
  @Nullable PublishedMetadata metadata() {
    return exchange == null
        ? null
        : new PublishedMetadata(
            exchange.issuer(),
            exchange.keys(),
            grants().stream().map(TokenGrant::type).toList(),
            mintFlows == null ? null : exchange.issuer().authorizationEndpoint(),
            configuration.settings().login().basic());
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

  ServiceTokenService authority() {
    return authority;
  }

  /** Answers revocations that still wait until they are final: 503, because the process ends. */
  void endWaits() {
    verdicts.finality().close();
  }

  /** What verifiers elsewhere read; null if they cannot keep verdicts. */
  @Nullable ChangeFeedBroker feed() {
    return verdicts.shared();
  }

  /** Decides about raw tokens, those of people who have gone included. */
  TokenVerifier check() {
    return authority
        .personal()
        .map(personal -> personal.standing(verdicts.check()))
        .orElseGet(verdicts::check);
  }

  /**
   * Reaches the store, and tells whether tokens can be checked.
   *
   * @throws VerificationUnavailableException if not
   */
  void requireReady() {
    readiness.require();
    if (!verdicts.areAvailable()) {
      throw new VerificationUnavailableException("changes of verdicts cannot be read");
    }
  }

  /** How many unknown tokens a client may try. */
  UnknownTokenLimit unknownTokens() {
    return unknownTokens;
  }

  /** Limits the wrong signatures that a client sends. */
  SignatureLimit signatures() {
    return signatures;
  }

  /** What follows from the check of a token, whichever kind it is. */
  VerificationHandler outcomes() {
    return new VerificationHandler(audit, unknownTokens);
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
