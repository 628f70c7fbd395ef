package io.accesstokens.file;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thrown if a file cannot be read or its content has errors. */
public final class MalformedFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Maximum number of errors in the message. Further errors are only counted. */
  private static final int LISTED = 20;

  private final transient List<String> problems;

  /**
   * Creates an exception.
   *
   * @param problems the errors, one line each, at least one; an error must not contain a value from
   *     the file, other than an entity ref
   */
  public MalformedFileException(List<String> problems) {
    this(listed(problems), null);
  }

  private MalformedFileException(List<String> lines, @Nullable Throwable cause) {
    super(String.join("\n", lines), cause);
    this.problems = List.copyOf(lines);
  }

  /**
   * Returns the errors, one line each. If there are more than 20 errors, the list contains 20
   * errors and one line with the number of further errors.
   */
  public List<String> problems() {
    return problems;
  }

  /**
   * Returns an exception with the errors of this exception, each preceded by the name of the file.
   */
  MalformedFileException in(String name) {
    return new MalformedFileException(
        problems.stream().map(line -> name + ": " + line).toList(), this);
  }

  private static List<String> listed(List<String> all) {
    if (all.size() <= LISTED) {
      return List.copyOf(all);
    }
    List<String> some = new ArrayList<>(all.subList(0, LISTED));
    some.add((all.size() - LISTED) + " more errors");
    return List.copyOf(some);
  }
}
