package io.accesstokens.app.command;

import io.accesstokens.app.ConfiguredDirectory;
import io.accesstokens.app.ConfiguredFiles;
import io.accesstokens.app.StartRefused;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.token.Actor;
import io.accesstokens.token.DirectoryUnavailable;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.Permissions;
import io.accesstokens.verify.EntityRef;
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

/** Says whether somebody has a permission, and why. */
@Command(
    name = "explain",
    description = {
      "Say whether a person has a permission, and by which rule of the policy.",
      "Asks the settings and the directory of groups; the service need not run."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:allowed",
      "1:the settings are wrong, or the directory of groups does not answer",
      "2:the command line cannot be understood, or names what is not known",
      "3:denied"
    })
final class ExplainCommand implements Callable<Integer> {

  private static final int DENIED = 3;

  @Mixin SettingsOptions settingsOptions = new SettingsOptions();

  @Option(
      names = "--person",
      required = true,
      paramLabel = "REF",
      description = "Who, e.g. user:default/carol or carol.")
  String person = "";

  @Option(
      names = "--permission",
      required = true,
      paramLabel = "NAME",
      description = "What, e.g. access-tokens:service:write or service:write.")
  String permission = "";

  @Option(
      names = "--group",
      paramLabel = "REF",
      description = "On whose tokens, e.g. group:default/platform or platform (default: any).")
  @Nullable String group;

  @Option(
      names = "--role",
      paramLabel = "NAME",
      description = "A role of the servlet container that they have; can be repeated.")
  List<String> roles = List.of();

  @Spec @Nullable CommandSpec spec;

  /** Something on the command line is not known; the message says what. */
  private static final class Unknown extends Exception {
    private static final long serialVersionUID = 1L;

    Unknown(String message) {
      super(message);
    }
  }

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli only");
    }
    ProgramLog.configure(() -> false);
    Configuration configuration = settingsOptions.load();
    try (ConfiguredDirectory directory = ConfiguredDirectory.open(configuration)) {
      Explanation explanation = explanation(configuration, directory.groups());
      explanation.lines().forEach(spec.commandLine().getOut()::println);
      return explanation.allowed() ? ExitCode.OK : DENIED;
    } catch (Unknown e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.USAGE;
    } catch (DirectoryUnavailable e) {
      throw new StartRefused("the directory of groups cannot be asked now");
    }
  }

  private Explanation explanation(Configuration configuration, GroupDirectory directory)
      throws Unknown {
    String asked = knownPermission();
    EntityRef ref = ref("--person", EntityRef.parseUser(person), "a user, e.g. carol");
    Set<EntityRef> groups = directory.groupsOf(ref);
    if (groups.isEmpty() && !canSignIn(configuration, ref)) {
      throw new Unknown("--person: nobody who can sign in is that user, and no group has them");
    }
    return new Explanation(
        configuration.permissionPolicy(),
        configuration.issuePolicy(),
        new Actor.Person(ref, groups, Set.copyOf(roles), null),
        asked,
        knownGroup(asked, directory));
  }

  /** Somebody else's realm does not say whom it knows. */
  private static boolean canSignIn(Configuration configuration, EntityRef ref) {
    return configuration.settings().login().container()
        || ConfiguredFiles.people(configuration).hasUser(ref);
  }

  private String knownPermission() throws Unknown {
    for (String known : Permissions.ALL) {
      if (permission.equals(known) || known.equals(Permissions.PREFIX + permission)) {
        return known;
      }
    }
    throw new Unknown("--permission must be one of " + String.join(", ", Permissions.ALL));
  }

  private @Nullable EntityRef knownGroup(String asked, GroupDirectory directory) throws Unknown {
    if (group == null) {
      return null;
    }
    EntityRef ref = ref("--group", EntityRef.parseGroup(group), "a group, e.g. platform");
    if (!directory.exists(ref)) {
      throw new Unknown("--group: the directory has no such group");
    }
    if (!Permissions.SERVICE.contains(asked)) {
      throw new Unknown("--group: the permission " + asked + " knows no groups");
    }
    return ref;
  }

  private static EntityRef ref(String option, Optional<EntityRef> read, String expected)
      throws Unknown {
    return read.orElseThrow(() -> new Unknown(option + " must name " + expected));
  }
}
