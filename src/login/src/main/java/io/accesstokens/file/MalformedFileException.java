package io.accesstokens.file;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file cannot be read, or what stands in it is wrong. */
public final class MalformedFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** More faults than this are counted, not listed. */
  private static final int LISTED = 20;

  private final transient List<String> problems;

  /**
   * @param problems at least one; one line each; they repeat no value of the file
   */
  public MalformedFileException(List<String> problems) {
    this(problems, null);
  }

  private MalformedFileException(List<String> problems, @Nullable Throwable cause) {
    super(String.join("\n", listed(problems)), cause);
    this.problems = listed(problems);
  }

  /** What is wrong, one line each; at most 21 of them. */
  public List<String> problems() {
    return problems;
  }

  /** The same faults, each preceded by the file's name. */
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
