package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.Terminal;
import io.accesstokens.testing.server.Terminal.Shell;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Tests the commands that the pages show, pasted into terminals. */
class TokenCommandIT extends BrowserTest {

  private static final String PAGE = "/settings/personal-tokens";

  /** The prompt. In the text of the command itself, a quotation mark precedes it. */
  private static final Pattern PROMPT = Pattern.compile("(?s).*[^\"]Token: $");

  private List<String> commands() {
    browser.find(By.cssSelector("pre code"));
    return browser.driver().findElements(By.cssSelector("pre code")).stream()
        .map(WebElement::getText)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Shell.class)
  void pastedCommandsShowAndKeepNoSecret(Shell shell, @TempDir Path home) throws Exception {
    String rawToken =
        new PersonalTokens(api.as("dave")).createNamed(TokenRequest.newName()).rawToken();
    openAs("dave", PAGE);
    List<String> commands = commands();
    assertEquals(2, commands.size(), commands.toString());
    try (Terminal terminal = Terminal.start(shell, home)) {
      for (String command : commands) {
        int before = terminal.shown().length();
        terminal.paste(command);
        terminal.await(shown -> PROMPT.matcher(shown).matches(), "no prompt");
        boolean isArgument =
            ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").contains(rawToken));
        assertFalse(isArgument, "the token is an argument of a process");
        terminal.paste(rawToken);
        String answer = command.contains("whoami") ? "\"subject\":" : "\"access_token\":";
        terminal.await(shown -> shown.indexOf(answer, before) > 0, "no response");
      }
      terminal.exit();
      assertFalse(terminal.shown().contains(rawToken), "the token was shown");
      for (String file : terminal.files()) {
        assertFalse(file.contains(rawToken), "the token is in a file of the shell");
      }
    }
  }

  @Test
  void commandsAreSingleLinesWithoutSecrets() {
    openAs("alice", "/admin/access-tokens");
    new ServiceTokenDialog(browser).create(TokenRequest.newName());
    WebElement once = browser.dialog("Token created");
    String rawToken = Browser.valueOf(browser.find(once, "textbox", "Raw token"));
    for (String command : commands()) {
      assertTrue(command.startsWith("bash -c '"), command);
      assertEquals(1, command.lines().count(), command);
      assertFalse(command.contains("#"), command);
      assertFalse(command.contains(rawToken), "a secret is in the command");
      assertFalse(command.contains("Bearer $"), "a secret becomes an argument: " + command);
    }
    browser.click(once, "button", "Copy");
    browser.click(once, "button", "Done");
    browser.awaitNoDialog();
  }
}
