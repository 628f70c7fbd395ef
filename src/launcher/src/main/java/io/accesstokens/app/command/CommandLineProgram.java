package io.accesstokens.app.command;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.settings.source.LocaleCheck;
import io.accesstokens.store.jdbc.DatabaseErrorMessages;
import io.accesstokens.token.StoreUnavailableException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import picocli.CommandLine;

/**
 * Parses the command line and runs one command. Another thread can stop the command with {@link
 * #close}.
 */
public final class CommandLineProgram implements Callable<Integer>, AutoCloseable {

  private final String[] arguments;
  private final ServeCommand serve;
  private final ImportBackstageCommand importBackstage;

  /**
   * Creates the program.
   *
   * @param arguments the arguments of the process
   * @param webapp the directory of the unpacked WAR, which is only read
   * @param work a directory for temporary files; it does not exist yet
   */
  public CommandLineProgram(String[] arguments, Path webapp, Path work) {
    this.arguments = arguments.clone();
    this.serve = new ServeCommand(webapp, work);
    this.importBackstage = new ImportBackstageCommand(work);
  }

  /** Runs the command and returns the exit code. */
  @Override
  public Integer call() {
    // Programs read the output and the log, so their digits must not depend on the locale. Neither
    // must searches: H2 converts stored texts to lower case with the default locale.
    Locale.setDefault(Locale.ROOT);
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int exitCode = commandLine(serve, importBackstage).setOut(out).setErr(err).execute(arguments);
    if (exitCode == CommandLine.ExitCode.OK && out.checkError()) {
      err.println("the result could not be written to standard output");
      return CommandLine.ExitCode.SOFTWARE;
    }
    return exitCode;
  }

  /** Returns the parser of the command line. */
  static CommandLine commandLine(ServeCommand serve, ImportBackstageCommand importBackstage) {
    CommandLine program = new CommandLine(serve).addSubcommand(importBackstage);
    // generate-completion is a help command. picocli ignores unknown arguments of help commands.
    program.getSubcommands().values().forEach(each -> each.getCommandSpec().helpCommand(false));
    return program
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setExecutionStrategy(CommandLineProgram::execute)
        .setParameterExceptionHandler(CommandLineProgram::invalidArguments)
        .setExecutionExceptionHandler(CommandLineProgram::failed);
  }

  /**
   * Runs the selected command. Rejects:
   *
   * <ul>
   *   <li>an option before the name of a command, because the command would not use it
   *   <li>an empty value, because an empty setting counts as absent
   *   <li>a value that the locale of the process cannot represent
   * </ul>
   */
  private static int execute(CommandLine.ParseResult parsed) {
    if (parsed.hasSubcommand()
        && !parsed.matchedOptions().isEmpty()
        && !parsed.isUsageHelpRequested()
        && !parsed.isVersionHelpRequested()) {
      CommandLine command = parsed.subcommand().commandSpec().commandLine();
      throw new CommandLine.ParameterException(
          command,
          "the option "
              + parsed.matchedOptions().get(0).longestName()
              + " must not be before the command "
              + command.getCommandName()
              + ": write the options of a command after its name");
    }
    CommandLine.ParseResult last = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    for (CommandLine.Model.OptionSpec option : last.matchedOptions()) {
      Optional<String> error =
          option.originalStringValues().stream().anyMatch(String::isBlank)
              ? Optional.of("must not be empty")
              : LocaleCheck.errorMessage(String.join("", option.originalStringValues()));
      if (error.isPresent()) {
        throw new CommandLine.ParameterException(
            last.commandSpec().commandLine(),
            "the value of the option " + option.longestName() + ' ' + error.get());
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int invalidArguments(CommandLine.ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    command.getErr().println(e.getMessage());
    command.getErr().println("See " + command.getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (e instanceof StartupException refused) {
      refused.lines().forEach(command.getErr()::println);
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (e instanceof StoreUnavailableException) {
      command.getErr().println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    Optional<String> reason = DatabaseErrorMessages.refusedWrite(e).or(() -> tooManyOpenFiles(e));
    if (reason.isPresent()) {
      command.getErr().println(reason.get());
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw e;
  }

  /** Returns a line for the operator if a file or a library could not be opened for this reason. */
  private static Optional<String> tooManyOpenFiles(Exception e) {
    return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
        .map(cause -> String.valueOf(cause.getMessage()))
        .filter(message -> message.contains("Too many open files"))
        .map(
            message ->
                "Too many open files. The limit of open files of this process (ulimit -n) must be"
                    + " at least 1024")
        .findFirst();
  }

  /** Stops the server, if the server is running. */
  @Override
  public void close() throws LifecycleException {
    try {
      serve.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
