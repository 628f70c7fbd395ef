package io.accesstokens.testing.server;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.ClosedPort;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An in-process LDAP server with some users and groups.
 *
 * <ul>
 *   <li>{@code carol} is a member of the group {@code platform}, and {@code platform} is a member
 *       of the group {@code engineering}.
 *   <li>{@code engineering} is a member of {@code platform}. Therefore these two groups form a
 *       cycle.
 *   <li>{@code dave} is disabled.
 * </ul>
 *
 * <p>The password of each user consists of the username twice, such as {@code carolcarol}.
 */
public final class LdapTree implements AutoCloseable {

  /** Base DN of all entries. */
  public static final String BASE = "dc=example,dc=com";

  /** DN of the service account, which may search the directory. */
  public static final String SERVICE = "cn=service,dc=example,dc=com";

  /** Password of {@link #SERVICE}. */
  public static final String PASSWORD = "service-secret";

  /** All entries in LDIF, for any LDAP server. */
  public static final List<String> ENTRIES =
      List.of(
          "dn: dc=example,dc=com\nobjectClass: top\nobjectClass: domain\ndc: example\n",
          "dn: ou=people,dc=example,dc=com\nobjectClass: organizationalUnit\nou: people\n",
          "dn: ou=groups,dc=example,dc=com\nobjectClass: organizationalUnit\nou: groups\n",
          person("carol", "displayName: Carol Jones\n"),
          person("erin", ""),
          person("dave", "employeeType: disabled\n"),
          person("frank", "mail: shared@example.com\n"),
          person("grace", "mail: shared@example.com\n"),
          group("platform", "uid=carol,ou=people", "cn=engineering,ou=groups"),
          group("engineering", "cn=platform,ou=groups"),
          group("company", "cn=engineering,ou=groups", "uid=erin,ou=people"),
          group("payments", "uid=erin,ou=people"),
          group("Domain Admins", "uid=carol,ou=people"),
          group("self", "cn=self,ou=groups", "uid=erin,ou=people"));

  private final InMemoryDirectoryServer server;
  private final AtomicInteger binds;
  private final AtomicInteger searches;
  private final AtomicBoolean refusing;
  private final Map<String, ResultCode> failures;
  private final AtomicInteger sizeLimit;
  private @Nullable ClosedPort closed;

  private static String person(String name, String more) {
    return "dn: uid=%s,ou=people,dc=example,dc=com\n".formatted(name)
        + "objectClass: inetOrgPerson\nuid: %s\ncn: %s\nsn: %s\n".formatted(name, name, name)
        + "userPassword: %s%s\n".formatted(name, name)
        + more;
  }

  private static String group(String name, String... members) {
    StringBuilder entry =
        new StringBuilder("dn: cn=%s,ou=groups,dc=example,dc=com\n".formatted(name))
            .append("objectClass: groupOfNames\ncn: %s\n".formatted(name));
    for (String member : members) {
      entry.append("member: ").append(member).append(",dc=example,dc=com\n");
    }
    return entry.toString();
  }

  private LdapTree(
      InMemoryDirectoryServer server,
      AtomicInteger binds,
      AtomicInteger searches,
      AtomicBoolean refusing,
      Map<String, ResultCode> failures,
      AtomicInteger sizeLimit) {
    this.server = server;
    this.binds = binds;
    this.searches = searches;
    this.refusing = refusing;
    this.failures = failures;
    this.sizeLimit = sizeLimit;
  }

  /** Starts a server without TLS. */
  public static LdapTree start() throws Exception {
    return start(InMemoryListenerConfig.createLDAPConfig("ldap", loopback(), 0, null));
  }

  /** Starts a server that supports StartTLS. */
  public static LdapTree withStartTls(Certificate certificate) throws Exception {
    return start(
        InMemoryListenerConfig.createLDAPConfig(
            "ldap", loopback(), 0, certificate.serving().getSocketFactory()));
  }

  /** Starts a server that uses TLS from the beginning. */
  public static LdapTree withTls(Certificate certificate) throws Exception {
    return start(
        InMemoryListenerConfig.createLDAPSConfig(
            "ldaps", loopback(), 0, certificate.serving().getServerSocketFactory(), null));
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  private static LdapTree start(InMemoryListenerConfig listener) throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
    config.setListenerConfigs(listener);
    config.addAdditionalBindCredentials(SERVICE, PASSWORD);
    config.setSchema(null);
    AtomicInteger binds = new AtomicInteger();
    AtomicInteger searches = new AtomicInteger();
    AtomicBoolean refusing = new AtomicBoolean();
    Map<String, ResultCode> failures = new ConcurrentHashMap<>();
    AtomicInteger sizeLimit = new AtomicInteger(Integer.MAX_VALUE);
    config.addInMemoryOperationInterceptor(
        new InMemoryOperationInterceptor() {
          @Override
          public void processSearchRequest(InMemoryInterceptedSearchRequest request)
              throws LDAPException {
            searches.incrementAndGet();
            ResultCode failure = failures.get(request.getRequest().getBaseDN());
            if (failure != null) {
              throw new LDAPException(failure);
            }
            SearchRequest limited = request.getRequest().duplicate();
            limited.setSizeLimit(Math.min(limited.getSizeLimit(), sizeLimit.get()));
            request.setRequest(limited);
          }

          @Override
          public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request)
              throws LDAPException {
            binds.incrementAndGet();
            if (refusing.get() && request.getRequest().getBindDN().equals(SERVICE)) {
              throw new LDAPException(ResultCode.INVALID_CREDENTIALS);
            }
          }
        });
    InMemoryDirectoryServer server = new InMemoryDirectoryServer(config);
    for (String entry : ENTRIES) {
      server.add(entry.strip().split("\n", -1));
    }
    server.startListening();
    return new LdapTree(server, binds, searches, refusing, failures, sizeLimit);
  }

  public int port() {
    return server.getListenPort();
  }

  /** Returns the number of attempts to sign in with a password (simple binds) so far. */
  public int binds() {
    return binds.get();
  }

  /** Returns the number of search requests so far. */
  public int searches() {
    return searches.get();
  }

  /** Rejects all later sign-ins of {@link #SERVICE}. */
  public void refuseService() {
    refusing.set(true);
  }

  /** Makes all later searches with this base DN fail with the given result code. */
  public void failSearches(String base, ResultCode code) {
    failures.put(base, code);
  }

  /** Limits the number of entries in the results of all later searches. */
  public void limitSize(int entries) {
    sizeLimit.set(entries);
  }

  /** Returns the in-memory server, whose entries a test can change. */
  public InMemoryDirectoryServer server() {
    return server;
  }

  /** Stops listening, closes open connections, and reserves the port. */
  public void stop() {
    int port = port();
    server.shutDown(true);
    closed = new ClosedPort(port);
  }

  /** Starts listening again, on the same port as before {@link #stop}. */
  public void restart() throws LDAPException {
    releasePort();
    server.startListening();
  }

  private void releasePort() {
    ClosedPort reserved = closed;
    if (reserved != null) {
      reserved.close();
    }
  }

  @Override
  public void close() {
    server.shutDown(true);
    releasePort();
  }
}
