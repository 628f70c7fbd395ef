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

  static final LdapUserDirectory PEOPLE =
      new LdapUserDirectory(
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

  static LdapServer at(String host, int port, Security security, @Nullable Path caFile) {
    return new LdapServer(
        host,
        port,
        security,
        caFile,
        LdapTree.SERVICE,
        () -> LdapTree.PASSWORD,
        Duration.ofMillis(500),
        Duration.ofMillis(1_000),
        4);
  }

  static LdapServer plain(int port) {
    return at("127.0.0.1", port, Security.NONE, null);
  }

  /**
   * Signs a user in. Returns the name of the caller, or {@code invalid} if the credential is
   * rejected.
   */
  static String signIn(LdapIdentityStore store, String username, String password) {
    CredentialValidationResult result =
        store.validate(new UsernamePasswordCredential(username, password));
    return result.getStatus() == Status.VALID
        ? result.getCallerPrincipal().getName()
        : result.getStatus() == Status.INVALID ? "invalid" : "not validated";
  }
}
