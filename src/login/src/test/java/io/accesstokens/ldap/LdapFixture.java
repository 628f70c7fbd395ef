package io.accesstokens.ldap;

import io.accesstokens.ldap.LdapServer.Security;
import io.accesstokens.login.EntityRefTemplate;
import io.accesstokens.testing.server.LdapTree;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.CredentialValidationResult.Status;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of the LDAP directory that the tests use, and a method that signs a user in. */
final class LdapFixture {

  static final LdapUsers USERS =
      new LdapUsers(
          "ou=people," + LdapTree.BASE,
          "(&(objectClass=inetOrgPerson)(!(employeeType=disabled)))",
          "uid",
          EntityRefTemplate.ofUsers("user:default/{uid}").orElseThrow(),
          "displayName",
          Duration.ZERO);

  private LdapFixture() {}

  static LdapGroups groups(Duration cacheTime) {
    return new LdapGroups(
        "ou=groups," + LdapTree.BASE,
        "(objectClass=groupOfNames)",
        EntityRefTemplate.ofGroups("group:default/{cn}").orElseThrow(),
        "member",
        true,
        cacheTime);
  }

  /** A timeout that a busy machine does not exceed. */
  static final Duration LONG = Duration.ofMinutes(3);

  /** Returns a server with long timeouts. */
  static LdapServer at(String host, int port, Security security, @Nullable Path caFile) {
    return at(host, port, security, caFile, LONG, LONG);
  }

  /** Returns a server with short timeouts, for tests in which it does not respond. */
  static LdapServer silentAt(String host, int port, Security security, @Nullable Path caFile) {
    return at(host, port, security, caFile, Duration.ofMillis(500), Duration.ofMillis(1_000));
  }

  private static LdapServer at(
      String host,
      int port,
      Security security,
      @Nullable Path caFile,
      Duration connectTimeout,
      Duration readTimeout) {
    return new LdapServer(
        host,
        port,
        security,
        caFile,
        LdapTree.SERVICE,
        () -> LdapTree.PASSWORD,
        connectTimeout,
        readTimeout,
        4);
  }

  static LdapServer plain(int port) {
    return at("127.0.0.1", port, Security.NONE, null);
  }

  /**
   * Signs a user in. Returns the name of the caller, {@code invalid} if the credential is rejected,
   * or {@code not validated} if the store did not check the credential.
   */
  static String signIn(LdapIdentityStore store, String username, String password) {
    CredentialValidationResult result =
        store.validate(new UsernamePasswordCredential(username, password));
    return result.getStatus() == Status.VALID
        ? result.getCallerPrincipal().getName()
        : result.getStatus() == Status.INVALID ? "invalid" : "not validated";
  }
}
