package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.LdapTree;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests an installation with the users and groups of an LDAP server. */
class LdapSignInIT {

  private static final Duration BOUND = Duration.ofSeconds(12);

  private static WarProcess configured(WarProcess process, LdapTree tree, Certificate certificate) {
    return process
        .with("--in-memory")
        .withEnvironment("ACCESSTOKENS_LOGIN_LDAP_BINDPASSWORD", LdapTree.PASSWORD)
        .withConfig(
            """
            login:
              ldap:
                url: ldap://127.0.0.1:%d
                startTls: true
                caFile: %s
                bindDn: %s
                userBase: ou=people,%s
                userFilter: (&(objectClass=inetOrgPerson)(!(employeeType=disabled)))
                displayNameAttribute: displayName
                groupBase: ou=groups,%s
                cacheSeconds: 0
                connectTimeoutMillis: 10000
                readTimeoutMillis: 10000
            service:
              admin: {groupEntityRefs: [group:default/payments]}
            """
                .formatted(
                    tree.port(),
                    certificate.certificateFile(),
                    LdapTree.SERVICE,
                    LdapTree.BASE,
                    LdapTree.BASE));
  }

  @Test
  void usersSignInWithTheirGroupsAndRecoverFromAnOutage() throws Exception {
    WarProcess process = WarProcess.inNewFolder();
    Certificate certificate = Certificate.selfSigned(process.folder());
    try (LdapTree tree = LdapTree.withStartTls(certificate);
        RunningApplication application =
            RunningApplication.start(configured(process, tree, certificate))) {
      ServiceTokens carol = new ServiceTokens(application.api().basic("carol", "carolcarol"));
      TestToken made = carol.create();
      assertEquals("user:default/carol", made.token().getString("createdBy"));
      carol.create(good().of("company")); // a member through two nested groups
      carol.tryCreate(good().of("payments")).problem(403);
      // This user belongs to a group with all permissions.
      ServiceTokens erin = new ServiceTokens(application.api().basic("Erin", "erinerin"));
      erin.tryCreate(good().of("nothing")).violates("groupEntityRef");
      erin.create(good().of("platform"));

      ApiResult anonymous = application.api().basic("unknown", "x").get(WHOAMI).problem(401);
      for (String[] wrong :
          new String[][] {
            {"carol", "wrong"},
            {"carol", ""},
            {"*", "carolcarol"},
            {"dave", "davedave"},
            {"carol)(uid=*", "carolcarol"},
            {"alice", "alice"}
          }) {
        ApiResult refused = application.api().basic(wrong[0], wrong[1]).get(WHOAMI).problem(401);
        assertEquals(anonymous.untracedText(), refused.untracedText(), wrong[0]);
      }

      tree.stop();
      ApiResult outage =
          TimeLimits.within(
              BOUND, () -> application.api().basic("carol", "carolcarol").get(WHOAMI).problem(503));
      assertTrue(outage.header("Retry-After").isPresent(), outage::toString);
      application.api().bearer(made.rawToken()).get(WHOAMI).ok();

      tree.restart();
      application.api().basic("carol", "carolcarol").get(WHOAMI).ok();
      application.stop(); // the log is complete
      assertFalse(application.log().contains("carolcarol"), "a password is in the log");
      assertFalse(application.log().contains(LdapTree.PASSWORD), "a password is in the log");
    }
  }

  /** Users keep their names and can sign out while the directory does not respond. */
  @Test
  void usersHaveDisplayNamesAndSignOutDuringAnOutage() throws Exception {
    WarProcess process = WarProcess.inNewFolder().fromWar();
    Certificate certificate = Certificate.selfSigned(process.folder());
    try (LdapTree tree = LdapTree.withStartTls(certificate);
        RunningApplication application =
            RunningApplication.start(configured(process, tree, certificate))) {
      BrowserSession here = BrowserSession.signIn(application.api(), "carol", "carolcarol");
      BrowserSession there = BrowserSession.signIn(application.api(), "carol", "carolcarol");
      BrowserSession later = BrowserSession.signIn(application.api(), "erin", "erinerin");
      assertEquals("Carol Jones", here.get(BrowserSession.PATH).ok().getString("displayName"));
      assertEquals("erin", later.get(BrowserSession.PATH).ok().getString("displayName"));

      String again = BrowserSession.PATH + "/reauthentication";
      here.post(again, "{\"password\":\"erinerin\"}").problem(401);
      here = here.renewedBy(here.post(again, "{\"password\":\"carolcarol\"}").expect(204));
      assertEquals(
          2,
          here.get("/api/access-tokens/sessions").ok().getJsonArray("sessions").size(),
          "sessions of carol");

      tree.stop();
      here.get(WHOAMI).problem(503);
      here.delete(BrowserSession.PATH, "").expect(204);
      later.delete(BrowserSession.PATH + "?everywhere=true", "").expect(204);
      tree.restart();
      here.get(WHOAMI).problem(401);
      there.get(WHOAMI).ok();
      later.get(WHOAMI).problem(401);
    }
  }
}
