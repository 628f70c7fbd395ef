package io.accesstokens.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A method that a fuzzer calls with many inputs.
 *
 * @param className the fully qualified name of its class
 * @param method its name, unique in the class
 */
record FuzzTarget(String className, String method) {

  private static final String SUFFIX = "FuzzTest.class";

  /** Returns all targets of the test classes, sorted by name. */
  static List<FuzzTarget> all() throws IOException, ReflectiveOperationException {
    Path classes = testClasses();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(classes)) {
      files = walk.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
    List<FuzzTarget> targets = new ArrayList<>();
    for (Path file : files) {
      String path = classes.relativize(file).toString();
      String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
      // Without initialization: a target may start servers.
      for (Method method :
          Class.forName(name, false, FuzzTarget.class.getClassLoader()).getDeclaredMethods()) {
        if (method.isAnnotationPresent(FuzzTest.class)) {
          targets.add(new FuzzTarget(name, method.getName()));
        }
      }
    }
    return targets;
  }

  private static Path testClasses() {
    try {
      return Path.of(FuzzTarget.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the test classes are not in a directory", e);
    }
  }

  /** Returns the directory of its inputs below the directory of test resources. */
  Path inputs(Path resources) {
    return resources.resolve(className.replace('.', '/') + "Inputs").resolve(method);
  }

  /** Returns a name without the common package: {@code http.QueryFuzzTest.parameters}. */
  @Override
  public String toString() {
    return className.replaceFirst("^io\\.accesstokens\\.", "") + '.' + method;
  }
}
