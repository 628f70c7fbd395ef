package io.accesstokens.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.program.Terminal;
import io.accesstokens.testing.program.Terminal.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
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
  static final Pattern PROMPT = Pattern.compile("(?s).*[^\"]Token: $");

  private List<String> commands() {
    browser.find(By.cssSelector("pre code"));
    return browser.driver().findElements(By.cssSelector("pre code")).stream()
        .map(command -> String.valueOf(command.getDomProperty("textContent")))
        .toList();
  }

  /** Records its arguments, and then runs the real curl. */
  private static final String RECORDING_CURL =
      """
      #!/bin/sh
      printf '%s\n' "$*" >> "$HOME/arguments"
      PATH="${PATH#*:}" exec curl "$@"
      """;

  @ParameterizedTest
  @EnumSource(Shell.class)
  void pastedCommandsShowAndKeepNoSecret(Shell shell, @TempDir Path home, @TempDir Path programs)
      throws Exception {
    program(programs, "curl", RECORDING_CURL);
    String rawToken =
        new PersonalTokens(api.as("dave")).createNamed(TokenRequest.newName()).rawToken();
    openAs("dave", PAGE);
    List<String> commands = commands();
    assertEquals(2, commands.size(), commands.toString());
    try (Terminal terminal = Terminal.start(shell, home)) {
      terminal.paste("export PATH=" + programs + ":$PATH");
      for (String command : commands) {
        int before = terminal.shown().length();
        terminal.paste(command);
        terminal.await(shown -> PROMPT.matcher(shown).matches(), "no prompt");
        terminal.paste(rawToken);
        String answer = command.contains("whoami") ? "\"subject\":" : "\"access_token\":";
        terminal.await(shown -> shown.indexOf(answer, before) > 0, "no response");
      }
      terminal.exit();
      assertFalse(terminal.shown().contains(rawToken), "the token was shown");
      assertEquals(2, contentOf(home.resolve("arguments")).lines().count(), "calls of curl");
      List<String> files = terminal.files();
      assertTrue(files.size() > 1, "no history was found");
      for (String file : files) {
        assertFalse(file.contains(rawToken), "the token is an argument, or in a file of the shell");
      }
    }
  }

  @Test
  void commandsAreCopied() {
    openAs("dave", PAGE);
    List<String> commands = commands();
    browser.run("navigator.clipboard.writeText = async (text) => { window.copied = text; }");
    browser.click("button", "Copy the command “Directly”");
    browser.until(() -> commands.get(0).equals(copied()), this::copied);
    browser.click("button", "Copy the command “Exchanged for a JWT”");
    browser.until(() -> commands.get(1).equals(copied()), this::copied);
  }

  @Test
  void pagesShowNoExchangeThatTheServiceLacks() {
    withScript(
        """
        const real = window.fetch;
        window.fetch = async (target, options) => {
          const response = await real(target, options);
          return new URL(target.url ?? target, location).pathname.endsWith('/session')
              ? Response.json({...await response.json(), personalTokenExchange: false})
              : response;
        };
        """,
        () -> {
          openAs("dave", PAGE);
          List<String> commands = commands();
          assertEquals(1, commands.size(), commands.toString());
          assertTrue(commands.get(0).contains("/api/access-tokens/whoami"), commands.toString());
          browser.click(By.cssSelector("main .btn-primary:not([hidden])"));
          WebElement dialog = browser.dialog("Create personal token");
          browser.type(browser.find(dialog, "textbox", "Name"), TokenRequest.newName());
          browser.click(dialog, "button", "Create token");
          SecretDialog once = SecretDialog.afterCreation(browser);
          String text = String.valueOf(once.element().getDomProperty("textContent"));
          assertTrue(text.contains("/api/access-tokens/whoami"), text);
          assertFalse(text.contains("grant_type=refresh_token"), text);
          once.copyAndClose();
        });
  }

  private String copied() {
    return String.valueOf(browser.run("return window.copied"));
  }

  /** Records its arguments and its input. As `kubectl create`, prints an object instead. */
  private static final String PROGRAM =
      """
      #!/bin/sh
      printf '%s %s\n' "$0" "$*" >> "$HOME/arguments"
      case "$*" in
        *--from-file=token=/dev/stdin*) printf 'object with %s' "$(cat /dev/stdin)" ;;
        *) printf '%s\n' "$(cat)" >> "$HOME/received" ;;
      esac
      """;

  private static void program(Path folder, String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private static String contentOf(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void pastedCommandsStoreTheSecretOnlyWhereTheySay(@TempDir Path folder) throws Exception {
    Path programs = Files.createDirectory(folder.resolve("programs"));
    for (String program : List.of("kubectl", "gh", "glab")) {
      program(programs, program, PROGRAM);
    }
    openAs("alice", "/admin/access-tokens");
    String name = TokenRequest.newName();
    new ServiceTokenDialog(browser).create(name);
    SecretDialog once = SecretDialog.afterCreation(browser);
    String secret = once.secret();
    List<String> commands = commands();
    assertEquals(5, commands.size(), commands.toString());
    for (String command : commands) {
      assertTrue(command.startsWith("bash -c '") && command.endsWith("'"), command);
      assertEquals(2, command.chars().filter(it -> it == '\'').count(), command);
      assertFalse(command.contains("#"), command);
      assertFalse(command.contains(secret), "a secret is in the command");
      assertFalse(command.contains("Bearer $"), "a secret becomes an argument: " + command);
    }
    for (Shell shell : Shell.values()) {
      Path home = Files.createDirectory(folder.resolve(shell.name()));
      storeIn(home, shell, programs, name, commands, secret);
    }
    once.copyAndClose();
  }

  private static void storeIn(
      Path home, Shell shell, Path programs, String name, List<String> commands, String secret)
      throws Exception {
    Path received = home.resolve("received");
    Path environment = home.resolve(name + ".env");
    try (Terminal terminal = Terminal.start(shell, home)) {
      terminal.paste("cd");
      terminal.paste("export PATH=" + programs + ":$PATH");
      for (String command : commands) {
        int shown = terminal.shown().length();
        int before = contentOf(received).length();
        terminal.paste(command);
        // The text so far can still end with the prompt of the previous command.
        terminal.await(
            text -> PROMPT.matcher(text.substring(shown)).matches(), "no prompt in " + shell);
        terminal.paste(secret);
        Awaitility.await(command)
            .until(
                () ->
                    contentOf(received).length() > before
                        || (command.contains(".env") && !contentOf(environment).isEmpty())
                        || terminal.shown().indexOf("\"subject\":", shown) > 0);
      }
      terminal.exit();
      assertFalse(terminal.shown().contains(secret), "the secret was shown in " + shell);
    }
    assertEquals(
        List.of("object with " + secret, secret, secret), contentOf(received).lines().toList());
    assertEquals("ACCESS_TOKEN=" + secret + '\n', contentOf(environment));
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(environment)));
    String arguments = contentOf(home.resolve("arguments"));
    assertTrue(arguments.contains("create secret generic " + name), arguments);
    Files.delete(received);
    Files.delete(environment);
    try (Stream<Path> files = Files.walk(home)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> assertFalse(bytesOf(file).contains(secret), "in " + file));
    }
  }

  private static String bytesOf(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
