package io.accesstokens.app.command;

import io.accesstokens.app.ConfiguredDirectory;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.UserLookup;
import io.accesstokens.app.command.input.SettingsOptions;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.output.OutputOptions;
import io.accesstokens.app.command.output.VersionProvider;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.directory.NoGroups;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import jakarta.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Explains the decision of the policy about a permission of a user. Prints the verdict of each
 * rule.
 */
@Command(
    name = "explain",
    description = {
      "Print whether a user has a permission, and by which rule of the policy.",
      "Reads the settings and the group directory. The service need not run."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:allowed",
      "1:the settings are wrong, or the group directory is unavailable",
      "2:the command line is malformed, or names an unknown user, permission or group",
      "3:denied"
    })
final class ExplainCommand implements Callable<Integer> {

  private static final int DENIED = 3;

  private static final String GROUPS_OF_THE_SIGN_IN =
      "Only the groups of the directory are known. Name the groups of a sign-in by --member-of.";

  private static final String PERSONAL_DISABLED =
      "Personal tokens are disabled (accessTokens.personal.enabled), so no rule gives this"
          + " permission.";

  private static final String NO_DIRECTORY =
      "No directory of groups is configured (accessTokens.directory), so there are no groups.";

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @Option(
      names = "--person",
      required = true,
      paramLabel = "REF",
      description = "The user, e.g. user:default/carol or carol.")
  String person = "";

  @Option(
      names = "--permission",
      required = true,
      paramLabel = "NAME",
      description = "The permission, e.g. access-tokens:service:write or service:write.")
  String permission = "";

  @Option(
      names = "--group",
      paramLabel = "REF",
      description =
          "The group that owns the tokens, e.g. group:default/platform or platform"
              + " (default: any).")
  @Nullable String group;

  @Option(
      names = "--member-of",
      paramLabel = "REF",
      description =
          "A group that only the sign-in names, by OpenID Connect or a JWT. Can be repeated.")
  List<String> memberOf = List.of();

  @Option(
      names = "--role",
      paramLabel = "NAME",
      description = "A role of the servlet container that the user has. Can be repeated.")
  List<String> roles = List.of();

  @SuppressWarnings("NullAway.Init") // injected before any method is called
  @Spec
  CommandSpec spec;

  /** Reports an unknown value on the command line. The message names the option with this value. */
  private static final class UnknownValueException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownValueException(String message) {
      super(message);
    }
  }

  @Override
  public Integer call() {
    ProgramLog.configure(() -> false);
    Configuration configuration = settingsOptions.load();
    try (ConfiguredDirectory directory = ConfiguredDirectory.open(configuration)) {
      UserLookup users = new UserLookup(configuration, directory);
      Explanation explanation = explanation(configuration, directory.groups(), users);
      List<String> notes = new ArrayList<>();
      if (directory.isNone()) {
        notes.add(NO_DIRECTORY);
      }
      if (memberOf.isEmpty() && users.hasExternalGroups()) {
        notes.add(GROUPS_OF_THE_SIGN_IN);
      }
      if (!configuration.settings().personal().enabled()
          && Permissions.PERSONAL.contains(explanation.permission())) {
        notes.add(PERSONAL_DISABLED);
      }
      output.print(
          spec.commandLine().getOut(),
          () -> lines(explanation, notes),
          () -> explanation.json().add("notes", Json.createArrayBuilder(notes)).build());
      return explanation.allowed() ? ExitCode.OK : DENIED;
    } catch (UnknownValueException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.USAGE;
    } catch (DirectoryUnavailableException e) {
      throw new StartupException("the group directory is unavailable: " + e.getMessage());
    }
  }

  private static List<String> lines(Explanation explanation, List<String> notes) {
    List<String> lines = new ArrayList<>(explanation.lines());
    for (String note : notes) {
      lines.add("");
      lines.add(note);
    }
    return lines;
  }

  private Explanation explanation(
      Configuration configuration, GroupDirectory directory, UserLookup users)
      throws UnknownValueException {
    String fullPermission = knownPermission();
    EntityRef ref = ref("--person", EntityRef.parseUser(person), "a user, e.g. carol");
    Set<EntityRef> groups = new HashSet<>(directory.groupsOf(ref));
    if (groups.isEmpty()) {
      requireKnown(ref, users);
    }
    for (String named : memberOf) {
      groups.add(ref("--member-of", EntityRef.parseGroup(named), "a group, e.g. platform"));
    }
    return new Explanation(
        configuration.usablePermissions(),
        configuration.creationPolicy(),
        new Actor.Person(ref, groups, Set.copyOf(roles), null),
        fullPermission,
        knownGroup(fullPermission, directory));
  }

  private static void requireKnown(EntityRef ref, UserLookup users) throws UnknownValueException {
    switch (users.presence(ref)) {
      case PRESENT -> {}
      case GONE ->
          throw new UnknownValueException(
              "--person: no such user can sign in, and no group lists this user");
      case UNKNOWN ->
          throw new StartupException(
              "the user directory is unavailable, so it is not known whether the user exists; the"
                  + " log contains the reason");
    }
  }

  private String knownPermission() throws UnknownValueException {
    for (String known : Permissions.ALL) {
      if (permission.equals(known) || known.equals(Permissions.PREFIX + permission)) {
        return known;
      }
    }
    throw new UnknownValueException(
        "--permission must be one of " + String.join(", ", Permissions.ALL));
  }

  private @Nullable EntityRef knownGroup(String fullPermission, GroupDirectory directory)
      throws UnknownValueException {
    if (group == null) {
      return null;
    }
    EntityRef ref = ref("--group", EntityRef.parseGroup(group), "a group, e.g. platform");
    if (!directory.exists(ref)) {
      throw new UnknownValueException(
          "--group: "
              + (directory instanceof NoGroups ? NO_DIRECTORY : "the directory has no such group"));
    }
    if (!Permissions.SERVICE.contains(fullPermission)) {
      throw new UnknownValueException(
          "--group: the permission " + fullPermission + " does not depend on a group");
    }
    return ref;
  }

  private static EntityRef ref(String option, Optional<EntityRef> read, String expected)
      throws UnknownValueException {
    return read.orElseThrow(() -> new UnknownValueException(option + " must name " + expected));
  }
}
