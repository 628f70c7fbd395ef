package io.accesstokens.file;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thrown if a file cannot be read or its content has errors. */
public final class MalformedFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The number of errors that are listed. Further errors are only counted. */
  private static final int LISTED = 20;

  private final transient List<String> problems;

  /**
   * Creates an exception.
   *
   * @param problems the errors, at least one; one line each; they repeat no value of the file
   */
  public MalformedFileException(List<String> problems) {
    this(problems, null);
  }

  private MalformedFileException(List<String> problems, @Nullable Throwable cause) {
    super(String.join("\n", listed(problems)), cause);
    this.problems = listed(problems);
  }

  /** Returns the errors, one line each; at most 21 lines. */
  public List<String> problems() {
    return problems;
  }

  /** Returns the same errors, each preceded by the name of the file. */
  MalformedFileException in(String name) {
    return new MalformedFileException(
        problems.stream().map(line -> name + ": " + line).toList(), this);
  }

  private static List<String> listed(List<String> all) {
    if (all.size() <= LISTED) {
      return List.copyOf(all);
    }
    List<String> some = new ArrayList<>(all.subList(0, LISTED));
    some.add((all.size() - LISTED) + " more faults");
    return List.copyOf(some);
  }
}
