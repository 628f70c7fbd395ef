package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.testing.program.Chromium;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TomcatDeployments;
import io.accesstokens.testing.server.TomcatServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** Tests two copies of the application in one Tomcat, with the same browser. */
class TwoCopiesIT {

  private static final String LIST = "/admin/access-tokens";

  @Test
  void copiesShareNeitherSessionsNorViews() throws Exception {
    TomcatServer tomcat =
        TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_11)
            .withEnvironment("ACCESSTOKENS_INMEMORY", "true");
    Path applications = tomcat.base().resolve("webapps");
    Files.copy(applications.resolve("access-tokens.war"), applications.resolve("other.war"));
    try (RunningApplication application = RunningApplication.start(tomcat)) {
      String origin = application.api().origin();
      Browser first = new Browser(Chromium.shared(), origin + TomcatServer.CONTEXT_PATH);
      // Cookies of earlier tests would be sent to both copies.
      first.driver().get("about:blank");
      first.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
      first.open(LIST + "?q=word");
      first.signIn("alice", "alice");
      first.awaitAddress(LIST + "?q=word");
      first.click("button", "Save view");
      first.dialog("Save view");
      first.press(Keys.chord(Keys.CONTROL, "a"), "Own view", Keys.ENTER);
      first.awaitNoDialog();
      first.awaitText("Own view");

      Browser second = new Browser(Chromium.shared(), origin + "/other");
      second.open(LIST + "?q=word");
      second.signIn("alice", "alice");
      second.awaitAddress(LIST + "?q=word");
      second.find("navigation", "Saved views");
      assertFalse(second.text().contains("Own view"), second::text);

      new TomcatDeployments(application).undeploy();
      second.open(LIST + "?q=word");
      second.find("navigation", "Saved views");
      // The page would report that the stopped server does not respond.
      second.driver().get("about:blank");
    }
  }
}
