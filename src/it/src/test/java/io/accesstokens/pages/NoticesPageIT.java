package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.program.Chromium;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests that the page of a token shows its notices, with the failed deliveries. */
class NoticesPageIT {

  private static final Map<String, Integer> STATUS = Map.of("/good", 204, "/busy", 429);

  @Test
  void deliveriesAreShownWithTheirLastError() throws Exception {
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    receiver.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          exchange.getResponseHeaders().set("Retry-After", "86400");
          exchange.sendResponseHeaders(STATUS.getOrDefault(path, 500), -1);
          exchange.close();
        });
    receiver.start();
    WarProcess call = WarProcess.inNewFolder().withDataDirectory();
    String secret =
        call.file("webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").toString();
    String endpoint =
        """
          - name: %s
            url: http://127.0.0.1:%d/%s
            secretFile: %s
            allowedAddresses: [127.0.0.1]
        """;
    int port = receiver.getAddress().getPort();
    String config =
        "notices:\n  webhooks:\n"
            + endpoint.formatted("good", port, "good", secret).indent(2)
            + endpoint.formatted("busy", port, "busy", secret).indent(2)
            + endpoint.formatted("broken", port, "broken", secret).indent(2);
    try (RunningApplication application = RunningApplication.start(call.withConfig(config))) {
      Browser browser = new Browser(Chromium.shared(), application.api().origin());
      browser.driver().get("about:blank"); // an earlier page would get a 401 response
      browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
      TestToken made = new ServiceTokens(application.api().as("alice")).create();
      String page = "/admin/access-tokens/" + made.id();
      browser.open(page);
      browser.signIn("alice", "alice");
      browser.awaitAddress(page);
      browser.awaitLoaded();
      awaitNotices(browser, page, "good: sent", "with 500", "with 429");
      WebElement notices = browser.find("region", "Notices");
      String shown = notices.getText();
      assertTrue(shown.contains("Webhook broken: not sent yet"), shown);
      assertTrue(shown.contains("500"), shown);
      assertTrue(notices.findElement(By.tagName("ul")).getText().contains("Created"), shown);
      assertTrue(shown.contains(", next in 1 day"), shown);
      Looks.check(browser, "notices", "html");

      TestToken later = new ServiceTokens(application.api().as("alice")).create();
      awaitNotices(
          browser,
          "/admin/access-tokens/" + later.id(),
          "good: sent",
          "Webhook busy: not sent yet, due ");
      browser.assertQuiet();
    } finally {
      receiver.stop(0);
    }
  }

  private static void awaitNotices(Browser browser, String page, String... texts) {
    browser.until(
        () -> {
          browser.open(page);
          String notices = browser.find("region", "Notices").getText();
          return Stream.of(texts).allMatch(notices::contains);
        },
        browser::text);
  }
}
