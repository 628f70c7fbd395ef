package io.accesstokens.app.command.output;

import io.accesstokens.app.command.logging.HiddenCharacters;
import jakarta.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Command-line option for the format of a command's result. */
public final class OutputOptions {

  /** The formats of a result. */
  public enum Format {
    /** Lines for people, which can change in any version. */
    TABLE,
    /**
     * One JSON object in one line. A later version can add members, but does not rename members.
     */
    JSON
  }

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description = "The format of the result: table or json (default: table).")
  private Format format = Format.TABLE;

  /**
   * Prints a result in the selected format. Calls the supplier of this format only. Escapes control
   * characters and characters that change the direction of text, because a database can contain any
   * text.
   *
   * @param lines supplies the result as lines for people
   * @param json supplies the result as a JSON object
   */
  public void print(PrintWriter out, Supplier<List<String>> lines, Supplier<JsonObject> json) {
    switch (format) {
      case TABLE -> lines.get().forEach(line -> out.println(HiddenCharacters.escaped(line)));
      // In JSON, hidden characters occur only in strings, where the escape has the same meaning.
      case JSON -> out.println(HiddenCharacters.escaped(json.get().toString()));
    }
  }
}
