package io.accesstokens.app.command.verify;

import io.accesstokens.app.ConfiguredDatabase;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.input.PasswordInput;
import io.accesstokens.app.command.input.SettingsOptions;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.file.FileErrors;
import io.accesstokens.verify.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The options that select the source of the log: either a running service, or a directory, a
 * database or both. Exactly one of the two groups of options is set.
 */
final class SourceOptions {

  private static final int MAX_SECRET = 1_000;

  /**
   * Matches visible ASCII characters. Other characters are not allowed in a header, or the JDK
   * sends them in another encoding.
   */
  private static final Pattern RAW_TOKEN = Pattern.compile("[!-~]++");

  @ArgGroup(exclusive = false)
  @Nullable OverHttp http;

  @ArgGroup(exclusive = false)
  @Nullable Local local;

  /** A running service. */
  static final class OverHttp {

    @Option(
        names = "--url",
        required = true,
        paramLabel = "BASE",
        description = "The base URL of a running service, e.g. https://tokens.example.com.")
    @Nullable String url;

    @Option(
        names = "--bearer-file",
        paramLabel = "FILE",
        description = "A file with a raw token that has the scope access-tokens:log:read.")
    @Nullable Path bearerFile;

    @Option(
        names = "--user",
        paramLabel = "NAME",
        description =
            "A user with this permission. If neither standard input nor standard output is"
                + " redirected, the command prompts for the password and does not show it."
                + " Otherwise, it reads the first line of standard input.")
    @Nullable String user;
  }

  /**
   * A directory, the configured database, or both. With both, the files of the log are in the
   * directory, and the rows are in the database.
   */
  static final class Local extends SettingsOptions {

    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description =
            "A directory with the files of the log, by their paths: checkpoint, key and tile/…."
                + " With --database, compares these entries with the rows of the database.")
    @Nullable Path directory;

    @Option(
        names = "--database",
        description =
            "Verify the log in the configured database, and compare each entry with its row in the"
                + " audit logs.")
    boolean chosen;
  }

  /**
   * Opens the source.
   *
   * @throws ParameterException if the options are incomplete or invalid
   * @throws StartupException if the source cannot be opened
   */
  LogFiles open(CommandSpec spec) {
    if (http != null) {
      return open(http, spec);
    }
    if (local == null
        || !(local.chosen || local.directory != null)
        || (!local.chosen && local.areSet())) {
      throw new ParameterException(spec.commandLine(), "--config and --data-dir need --database");
    }
    if (local.directory == null) {
      return open(local);
    }
    return new DirectoryLog(local.directory, local.chosen ? open(local) : null);
  }

  private static LogFiles open(Local chosen) {
    return openDatabase("verify-log", chosen.load());
  }

  /**
   * Opens the log in the configured database.
   *
   * @param command the name of the command
   * @throws StartupException if there is no database, or it cannot be opened
   */
  static DatabaseLog openDatabase(String command, Configuration configuration) {
    if (configuration.storage() instanceof Storage.Jdbc jdbc) {
      return DatabaseLog.of(ConfiguredDatabase.openExisting(jdbc));
    }
    throw new StartupException(command + " needs a database: set accessTokens.database.url");
  }

  private static LogFiles open(OverHttp http, CommandSpec spec) {
    if (http.url == null || (http.bearerFile != null && http.user != null)) {
      throw new ParameterException(
          spec.commandLine(), "--url needs at most one of --bearer-file and --user");
    }
    URI base;
    try {
      base = URI.create(http.url.endsWith("/") ? http.url : http.url + "/");
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--url must be a URL", e);
    }
    if (base.getHost() == null
        || base.getRawUserInfo() != null
        || !("https".equals(base.getScheme()) || "http".equals(base.getScheme()))) {
      throw new ParameterException(
          spec.commandLine(), "--url must be an http or https URL without a user");
    }
    if ((http.bearerFile != null || http.user != null)
        && "http".equals(base.getScheme())
        && !IpAddress.isLoopbackHost(base.getHost())) {
      throw new ParameterException(
          spec.commandLine(), "--url must be https, because http does not encrypt the credential");
    }
    return new HttpLog(base.resolve("api/access-tokens/log/"), authorization(http));
  }

  /** Returns the value of the header Authorization; null without a credential. */
  private static @Nullable String authorization(OverHttp http) {
    try {
      if (http.bearerFile != null) {
        return "Bearer " + rawToken(http.bearerFile);
      }
      if (http.user == null) {
        return null;
      }
      String pair = http.user + ':' + new String(PasswordInput.open().read("Password: "));
      return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new StartupException(
          http.bearerFile != null
              ? "the file of --bearer-file " + FileErrors.reasonOf(e)
              : "the password cannot be read from the terminal or standard input");
    }
  }

  /**
   * Reads a raw token from a file, which can be a pipe.
   *
   * @throws StartupException if the file is not one line with a raw token; the message contains no
   *     part of the content
   */
  private static String rawToken(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_SECRET + 1);
    }
    if (bytes.length > MAX_SECRET) {
      throw new StartupException("the file of --bearer-file is too long for a raw token");
    }
    String token = new String(bytes, StandardCharsets.ISO_8859_1).strip();
    if (!RAW_TOKEN.matcher(token).matches()) {
      throw new StartupException(
          "the file of --bearer-file must contain one raw token in one line, in ASCII");
    }
    return token;
  }
}
