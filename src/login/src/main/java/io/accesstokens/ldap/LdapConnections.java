package io.accesstokens.ldap;

import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.SignInUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A few connections to a server, made when they are needed and checked when they are used, so that
 * a server which comes back is found again. Safe for use by many threads.
 */
public final class LdapConnections implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  /** How many wait for a connection, for each that there may be. */
  private static final int WAITING = 4;

  /** Far more than any entry that is asked for here. */
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** A bind says so if the password is wrong, or nobody may come in with it. */
  private static final Set<ResultCode> REFUSALS =
      Set.of(
          ResultCode.INVALID_CREDENTIALS,
          ResultCode.INAPPROPRIATE_AUTHENTICATION,
          ResultCode.CONSTRAINT_VIOLATION,
          ResultCode.INSUFFICIENT_ACCESS_RIGHTS,
          ResultCode.UNWILLING_TO_PERFORM,
          ResultCode.NO_SUCH_OBJECT);

  private final LdapServer server;
  private final LDAPConnectionPool pool;
  private final Bulkhead bulkhead;

  private LdapConnections(LdapServer server, LDAPConnectionPool pool) {
    this.server = server;
    this.pool = pool;
    this.bulkhead =
        new Bulkhead(server.maximumConnections(), WAITING * server.maximumConnections(), PATIENCE);
  }

  /**
   * Makes no connection yet: a server that is out of reach does not keep anything from starting.
   *
   * @throws IOException if the file of certificates cannot be used
   */
  public static LdapConnections to(LdapServer server) throws IOException {
    SSLSocketFactory sockets =
        server.security() == LdapServer.Security.NONE
            ? null
            : new CheckedSockets(LdapTrust.sockets(server.caFile()), server.connectTimeout());
    boolean tls = server.security() == LdapServer.Security.TLS;
    SingleServerSet servers =
        new SingleServerSet(server.host(), server.port(), tls ? sockets : null, options(server));
    PostConnectProcessor first =
        sockets == null || tls ? null : new StartTLSPostConnectProcessor(sockets);
    try {
      LDAPConnectionPool pool =
          new LDAPConnectionPool(
              servers, serviceBind(server), 0, server.maximumConnections(), first, false);
      pool.setConnectionPoolName("access-tokens");
      pool.setMaxConnectionAgeMillis(MAX_AGE.toMillis());
      // One that the server has closed meanwhile is replaced, once.
      pool.setRetryFailedOperationsDueToInvalidConnections(true);
      return new LdapConnections(server, pool);
    } catch (LDAPException e) {
      throw new IOException("the connections cannot be set up", e);
    }
  }

  private static LDAPConnectionOptions options(LdapServer server) {
    LDAPConnectionOptions options = new LDAPConnectionOptions();
    options.setConnectTimeoutMillis((int) server.connectTimeout().toMillis());
    options.setResponseTimeoutMillis(server.readTimeout().toMillis());
    options.setAbandonOnTimeout(true);
    // No thread for each connection; and the time-out is that of the socket.
    options.setUseSynchronousMode(true);
    options.setFollowReferrals(false);
    options.setBindWithDNRequiresPassword(true);
    options.setMaxMessageSize(MAX_MESSAGE_BYTES);
    return options;
  }

  private static @Nullable BindRequest serviceBind(LdapServer server) {
    return server.bindDn() == null
        ? null
        : new SimpleBindRequest(server.bindDn(), server.bindPassword());
  }

  /**
   * The entries below a DN that a filter matches.
   *
   * @param most how many are wanted; there may be more
   * @throws LdapUnavailableException if it cannot be found out now
   */
  List<SearchResultEntry> search(String base, Filter filter, int most, String... attributes) {
    return searchFor(Bulkhead.COMMON, base, filter, most, attributes);
  }

  /**
   * Searches as {@link #search} does, within the share of a source.
   *
   * @param source of a sign-in
   */
  List<SearchResultEntry> searchFor(
      String source, String base, Filter filter, int most, String... attributes) {
    SearchRequest request = new SearchRequest(base, SearchScope.SUB, filter, attributes);
    request.setSizeLimit(most);
    request.setTimeLimitSeconds((int) Math.max(1, server.readTimeout().toSeconds()));
    return inTurn(
        source,
        () -> {
          try {
            return pool.search(request).getSearchEntries();
          } catch (LDAPSearchException e) {
            if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)
                && e.getSearchEntries() != null) {
              return e.getSearchEntries();
            }
            throw unavailable(e);
          }
        });
  }

  /**
   * Whether somebody has that password.
   *
   * @param source of the sign-in
   * @param password not empty: servers take a bind without one for an anonymous one (RFC 4513,
   *     section 5.1.2)
   * @throws LdapUnavailableException if it cannot be found out now
   */
  boolean hasPassword(String source, String dn, String password) {
    if (dn.isBlank() || password.isEmpty()) {
      return false;
    }
    return inTurn(source, () -> binds(new SimpleBindRequest(dn, password), REFUSALS::contains));
  }

  /**
   * Binds as an entry that does not exist, with a random password: the same requests as for a wrong
   * password, so that their number does not tell which names exist.
   *
   * @throws LdapUnavailableException as {@link #hasPassword}
   */
  void refuse(String source, String base) {
    SimpleBindRequest anonymous =
        new SimpleBindRequest("cn=" + UUID.randomUUID() + ',' + base, UUID.randomUUID().toString());
    inTurn(source, () -> binds(anonymous, code -> code.isConnectionUsable()));
  }

  /**
   * Not by the pool's own method: that throws the same if the account of this service is refused on
   * a new connection, which is no verdict on anybody's password.
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

  /** Gives the connection back after a verdict, as this service's again. */
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

  /** Where a connection comes from. */
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

  private <T> T inTurn(String source, Supplier<T> work) {
    try {
      return bulkhead.run(source, work);
    } catch (SignInUnavailableException e) {
      throw new LdapUnavailableException("too many requests wait for the LDAP server " + server, e);
    }
  }

  /** Without the diagnostic message: some servers repeat in it what they were sent. */
  private LdapUnavailableException unavailable(LDAPException e) {
    return new LdapUnavailableException(
        "the LDAP server " + server + " does not answer as it should: " + e.getResultCode(), e);
  }

  /** Closes all connections. */
  @Override
  public void close() {
    pool.close();
  }
}
