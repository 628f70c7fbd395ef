package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.PasswordProvider;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import io.accesstokens.file.TrustedAuthorities;
import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.verify.limit.FailureReason;
import io.accesstokens.verify.limit.LogLimit;
import io.accesstokens.verify.limit.OutageLog;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of connections to an LDAP server. Connections are created on demand. A defunct
 * connection is replaced at its next use. The pool therefore recovers after an outage. Thread-safe.
 */
public final class LdapConnections implements AutoCloseable {

  private static final Logger LOG = System.getLogger(LdapConnections.class.getName());
  private static final LogLimit LOG_LIMIT = new LogLimit(1);

  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  /**
   * Maximum number of threads that wait for a connection, for each connection of the pool. The same
   * number of threads may wait the maximum time for the search of another thread.
   */
  private static final int WAITING = 4;

  /**
   * Maximum wait for the search of another thread, if many threads already wait. A server that
   * works responds within this time.
   */
  private static final Duration SHORT_WAIT = Duration.ofMillis(500);

  /** Maximum size of an LDAP message, in bytes. */
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  /**
   * The result codes with which a server rejects a bind, because the password is wrong, or the
   * account does not exist or is not allowed to sign in.
   */
  private static final Set<ResultCode> REFUSALS =
      Set.of(
          ResultCode.INVALID_CREDENTIALS,
          ResultCode.INAPPROPRIATE_AUTHENTICATION,
          ResultCode.CONSTRAINT_VIOLATION,
          ResultCode.INSUFFICIENT_ACCESS_RIGHTS,
          ResultCode.UNWILLING_TO_PERFORM,
          ResultCode.NO_SUCH_OBJECT);

  /**
   * The result codes with which a server rejects each bind with a password, for example because the
   * connection is not encrypted. They reveal nothing about the account.
   */
  private static final Set<ResultCode> NO_PASSWORDS =
      Set.of(
          ResultCode.AUTH_METHOD_NOT_SUPPORTED,
          ResultCode.STRONG_AUTH_REQUIRED,
          ResultCode.CONFIDENTIALITY_REQUIRED);

  /**
   * The result codes with which a server reports that it has no entry with a DN. The codes include
   * a referral, because a referral names another server, and other servers are not queried.
   */
  private static final Set<ResultCode> NO_ENTRY =
      Set.of(ResultCode.NO_SUCH_OBJECT, ResultCode.REFERRAL, ResultCode.INVALID_DN_SYNTAX);

  private final LdapServer server;
  private final @Nullable TrustedAuthorities authorities;
  private final LDAPConnectionPool pool;
  private final Bulkhead bulkhead;
  private final OutageLog outages = new OutageLog(LOG);

  /**
   * One permit for each thread that may wait the maximum time for the search of another thread. A
   * thread without a permit waits at most {@link #SHORT_WAIT}.
   */
  private final Semaphore sharing;

  private LdapConnections(
      LdapServer server, @Nullable TrustedAuthorities authorities, LDAPConnectionPool pool) {
    this.server = server;
    this.authorities = authorities;
    this.pool = pool;
    int maximumWaiting = WAITING * server.maximumConnections();
    this.bulkhead = new Bulkhead(server.maximumConnections(), maximumWaiting, TIMEOUT);
    this.sharing = new Semaphore(maximumWaiting);
  }

  /**
   * Creates a pool. Does not open a connection, so that an unavailable server does not prevent the
   * start of the service.
   *
   * @throws IOException if the file with the trusted certificates cannot be used, or the pool
   *     cannot be created
   */
  public static LdapConnections create(LdapServer server) throws IOException {
    SocketFactory sockets = new LdapSocket.Factory();
    PostConnectProcessor first = null;
    TrustedAuthorities authorities = null;
    if (server.security() != LdapServer.Security.NONE) {
      authorities = TrustedAuthorities.of(server.caFile());
      if (server.security() == LdapServer.Security.TLS) {
        sockets = checked(authorities, server);
      } else {
        first = new StartTls(authorities, server);
      }
    }
    SingleServerSet servers =
        new SingleServerSet(server.host(), server.port(), sockets, options(server));
    try {
      LDAPConnectionPool pool =
          new LDAPConnectionPool(
              servers, serviceBind(server), 0, server.maximumConnections(), first, false);
      pool.setConnectionPoolName("access-tokens");
      pool.setMaxConnectionAgeMillis(MAX_AGE.toMillis());
      // If the server has closed a connection, the operation is retried once on a new connection.
      pool.setRetryFailedOperationsDueToInvalidConnections(true);
      return new LdapConnections(server, authorities, pool);
    } catch (LDAPException e) {
      throw new IOException("the connections to the LDAP server cannot be set up", e);
    }
  }

  /**
   * Returns false if the file with the trusted certificates has changed and cannot be used. The
   * certificates of its last usable content are then still trusted.
   */
  public boolean isCaFileUsable() {
    return authorities == null || authorities.isUsable();
  }

  private static CheckedSockets checked(TrustedAuthorities authorities, LdapServer server) {
    return new CheckedSockets(authorities, server.host(), server.connectTimeout());
  }

  /**
   * Encrypts each new connection. Each connection has its own socket factory, because the LDAP
   * library holds the lock of the factory during the handshake.
   */
  private record StartTls(TrustedAuthorities authorities, LdapServer server)
      implements PostConnectProcessor {

    @Override
    public void processPreAuthenticatedConnection(LDAPConnection connection) throws LDAPException {
      new StartTLSPostConnectProcessor(checked(authorities, server))
          .processPreAuthenticatedConnection(connection);
    }

    @Override
    public void processPostAuthenticatedConnection(LDAPConnection connection) {
      // Nothing to do: the connection is already encrypted.
    }
  }

  private static LDAPConnectionOptions options(LdapServer server) {
    LDAPConnectionOptions options = new LDAPConnectionOptions();
    options.setConnectTimeoutMillis((int) server.connectTimeout().toMillis());
    options.setResponseTimeoutMillis(server.readTimeout().toMillis());
    options.setAbandonOnTimeout(true);
    // In synchronous mode, a connection has no reader thread, and the timeout of its socket
    // (LdapSocket) applies.
    options.setUseSynchronousMode(true);
    options.setFollowReferrals(false);
    options.setBindWithDNRequiresPassword(true);
    options.setMaxMessageSize(MAX_MESSAGE_BYTES);
    return options;
  }

  private static @Nullable BindRequest serviceBind(LdapServer server) {
    Supplier<String> password = server.bindPassword();
    return password == null
        ? null
        : new SimpleBindRequest(server.bindDn(), new CurrentPassword(password));
  }

  /** Provides the current password of the service account for each bind. */
  @SuppressWarnings("serial") // The pool does not serialize its bind request.
  private static final class CurrentPassword extends PasswordProvider {

    private static final long serialVersionUID = 1L;

    private final transient Supplier<String> password;

    CurrentPassword(Supplier<String> password) {
      this.password = password;
    }

    @Override
    public byte[] getPasswordBytes() {
      return password.get().getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * Returns the entries below a base DN that match a filter.
   *
   * @param most the maximum number of entries; the result omits further entries
   * @throws LdapUnavailableException if the server is unavailable or too many requests wait for the
   *     server
   */
  List<SearchResultEntry> search(String base, Filter filter, int most, String... attributes) {
    return searchFor(Bulkhead.COMMON, base, filter, most, attributes);
  }

  /**
   * Returns the entry with the given DN, as a list of one entry. The list is empty if the server
   * has no entry with this DN, or if the entry does not match the filter.
   *
   * @throws LdapUnavailableException if the server is unavailable or too many requests wait for the
   *     server
   */
  List<SearchResultEntry> entryAt(String dn, Filter filter, String... attributes) {
    SearchRequest request = new SearchRequest(dn, SearchScope.BASE, filter, attributes);
    request.setTimeLimitSeconds((int) Math.max(1, server.readTimeout().toSeconds()));
    return inBulkhead(
        Bulkhead.COMMON,
        () -> {
          try {
            return pool.search(request).getSearchEntries();
          } catch (LDAPSearchException e) {
            if (NO_ENTRY.contains(e.getResultCode())) {
              return List.of();
            }
            throw unavailable(e);
          }
        });
  }

  /**
   * Searches like {@link #search}, for a sign-in. Sources share the connections fairly.
   *
   * @param source the source of the sign-in: the address or network of the client
   */
  List<SearchResultEntry> searchFor(
      String source, String base, Filter filter, int most, String... attributes) {
    SearchRequest request = new SearchRequest(base, SearchScope.SUB, filter, attributes);
    request.setSizeLimit(most);
    request.setTimeLimitSeconds((int) Math.max(1, server.readTimeout().toSeconds()));
    return inBulkhead(
        source,
        () -> {
          try {
            return pool.search(request).getSearchEntries();
          } catch (LDAPSearchException e) {
            if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)
                && e.getSearchEntries() != null) {
              reportIncomplete(base, e.getSearchEntries().size(), most);
              return e.getSearchEntries();
            }
            throw unavailable(e);
          }
        });
  }

  /**
   * Logs a warning if a search result is incomplete because of the server's own size limit. For
   * example, groups of a user can then be missing. Logs nothing if the limit of the search is the
   * cause.
   *
   * @param found the number of returned entries
   * @param most the limit of the search
   */
  private void reportIncomplete(String base, int found, int most) {
    if (found < most) {
      LOG_LIMIT.log(
          LOG,
          Level.WARNING,
          "the result of an LDAP search below "
              + base
              + " is incomplete: the server returned only "
              + found
              + " entries because of its own size limit; set the size limit of the server for the"
              + " account of bindDn to at least "
              + most);
    }
  }

  /**
   * Returns true if the server accepts a bind with the given DN and password.
   *
   * @param source the source of the sign-in: the address or network of the client
   * @param dn the DN of the user's entry
   * @param password the password. If the password is empty, the result is false, because a bind
   *     with an empty password is anonymous and succeeds (RFC 4513, section 5.1.2)
   * @throws LdapUnavailableException if the server is unavailable or too many requests wait for the
   *     server
   */
  boolean hasPassword(String source, String dn, String password) {
    if (dn.isBlank() || password.isEmpty()) {
      return false;
    }
    return inBulkhead(source, () -> binds(new SimpleBindRequest(dn, password), REFUSALS::contains));
  }

  /**
   * Does the work of a bind with a wrong password: binds as an entry that does not exist, with a
   * random password. The number of requests to the server therefore does not reveal which names
   * exist.
   *
   * @throws LdapUnavailableException if the server is unavailable or too many requests wait for the
   *     server
   */
  void bindAsUnknownUser(String source, String base) {
    SimpleBindRequest unknown =
        new SimpleBindRequest("cn=" + UUID.randomUUID() + ',' + base, UUID.randomUUID().toString());
    inBulkhead(
        source,
        () -> binds(unknown, code -> code.isConnectionUsable() && !NO_PASSWORDS.contains(code)));
  }

  /**
   * Binds on a connection of the pool. Returns true if the bind succeeds. The bind method of the
   * pool is not used, because it throws the same exception for a rejected user and for a rejected
   * service account.
   */
  private boolean binds(SimpleBindRequest request, Predicate<ResultCode> isRefusal) {
    LDAPConnection connection = connection(pool::getConnection);
    try {
      return binds(connection, request, isRefusal);
    } catch (LDAPException e) {
      if (e.getResultCode().isConnectionUsable()) {
        pool.releaseAndReAuthenticateConnection(connection);
        throw unavailable(e);
      }
    }
    LDAPConnection fresh = connection(() -> pool.replaceDefunctConnection(connection));
    try {
      return binds(fresh, request, isRefusal);
    } catch (LDAPException e) {
      pool.releaseDefunctConnection(fresh);
      throw unavailable(e);
    }
  }

  /**
   * Binds on the given connection. Returns true if the bind succeeds, and false if the server
   * rejects the credential. Afterwards, binds as the service account again and returns the
   * connection to the pool. If this method throws an exception, the connection does not return to
   * the pool.
   */
  private boolean binds(
      LDAPConnection connection, SimpleBindRequest request, Predicate<ResultCode> isRefusal)
      throws LDAPException {
    boolean good;
    try {
      good = connection.bind(request).getResultCode().equals(ResultCode.SUCCESS);
    } catch (LDAPException e) {
      if (!isRefusal.test(e.getResultCode())) {
        throw e;
      }
      good = false;
    }
    pool.releaseAndReAuthenticateConnection(connection);
    return good;
  }

  /** A method of the pool that returns a connection. */
  private interface Connecting {
    LDAPConnection connect() throws LDAPException;
  }

  private LDAPConnection connection(Connecting from) {
    try {
      return from.connect();
    } catch (LDAPException e) {
      throw unavailable(e);
    }
  }

  /**
   * Waits for the search of another thread. At most {@link #WAITING} threads for each connection of
   * the pool wait as long as one search can take. Further threads wait at most {@link #SHORT_WAIT}.
   *
   * @throws LdapUnavailableException if the search fails or takes too long
   * @throws CancellationException if the search is canceled
   */
  <T> T await(CompletableFuture<T> search) {
    boolean isLong = sharing.tryAcquire();
    try {
      Duration wait = isLong ? maximumTime() : SHORT_WAIT;
      return search.get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new LdapUnavailableException("the search of another thread has failed", e);
    } catch (TimeoutException e) {
      throw new LdapUnavailableException(
          "the LDAP server " + server + " does not respond to the search of another thread", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LdapUnavailableException("the server is stopping", e);
    } finally {
      if (isLong) {
        sharing.release();
      }
    }
  }

  /**
   * Returns the maximum wait for the search of another thread: the wait for a connection, and two
   * attempts of one request.
   */
  private Duration maximumTime() {
    return TIMEOUT.plus(server.connectTimeout().plus(server.readTimeout()).multipliedBy(2));
  }

  private <T> T inBulkhead(String source, Supplier<T> work) {
    try {
      T result = bulkhead.run(source, work);
      outages.reportSuccess("recovered: the LDAP server " + server);
      return result;
    } catch (SignInUnavailableException e) {
      String message = "too many requests wait for the LDAP server " + server;
      LOG_LIMIT.log(LOG, Level.WARNING, message);
      throw new LdapUnavailableException(message, e);
    }
  }

  /**
   * Logs a failure, and returns an exception with its result code. The exception omits the
   * diagnostic message of the server, because some servers repeat the request in that message.
   */
  private LdapUnavailableException unavailable(LDAPException e) {
    LDAPException cause = new LDAPException(e.getResultCode());
    cause.setStackTrace(e.getStackTrace());
    return unavailable(
        "the LDAP server "
            + server
            + " is unavailable or responds unexpectedly: "
            + e.getResultCode()
            + reason(e),
        cause);
  }

  private LdapUnavailableException unavailable(String message, Exception cause) {
    outages.reportFailure(Level.WARNING, message);
    return new LdapUnavailableException(message, cause);
  }

  /**
   * Returns a text in parentheses with the reason why no connection could be opened, such as an
   * expired certificate, or why a response could not be read, such as its length. Returns an empty
   * text for other failures, because their messages may quote a response. Detects a failed TLS
   * handshake by its exception, because the LDAP library reports a failed StartTLS handshake with
   * the code of a lost connection.
   */
  private static String reason(LDAPException e) {
    Throwable root = e;
    while (root.getCause() != null && !(root instanceof SSLException)) {
      root = root.getCause();
    }
    if (root.getClass().equals(IOException.class)) {
      // From the decoder of the library or from LdapSocket. Their messages contain only numbers.
      return " (" + root.getMessage() + ')';
    }
    boolean isConnect =
        root instanceof SSLException || e.getResultCode().equals(ResultCode.CONNECT_ERROR);
    return root != e && isConnect ? " (" + FailureReason.ofOne(root) + ')' : "";
  }

  /** Closes all connections. */
  @Override
  public void close() {
    pool.close();
  }
}
