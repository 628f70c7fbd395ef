package io.accesstokens.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.SourceTree;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A method that a fuzzer calls with many inputs.
 *
 * @param className the fully qualified name of its class
 * @param method its name, unique in the class
 * @param classInputs the directory with the inputs of all targets of the class
 */
record FuzzTarget(String className, String method, Path classInputs) {

  private static final String SUFFIX = "FuzzTest.java";

  /** Returns all targets of all modules, sorted by name. */
  static List<FuzzTarget> all() throws IOException, ReflectiveOperationException {
    List<FuzzTarget> targets = new ArrayList<>();
    try (URLClassLoader loader = new URLClassLoader(urls(), FuzzTarget.class.getClassLoader())) {
      for (Path sources : SourceTree.tests()) {
        for (Path file : targetsIn(sources)) {
          String path = sources.relativize(file).toString();
          String name = path.substring(0, path.length() - ".java".length()).replace('/', '.');
          // Classes are not initialized, because a target may start servers.
          for (Method method : Class.forName(name, false, loader).getDeclaredMethods()) {
            if (method.isAnnotationPresent(FuzzTest.class)) {
              targets.add(
                  new FuzzTarget(
                      name,
                      method.getName(),
                      sources
                          .resolveSibling("resources")
                          .resolve(path.replace(".java", "Inputs"))));
            }
          }
        }
      }
    }
    targets.sort(Comparator.comparing(FuzzTarget::toString));
    return targets;
  }

  private static List<Path> targetsIn(Path sources) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).toList();
    }
  }

  /** Returns the directories of the compiled tests and test resources of all modules. */
  static List<Path> testClasses() {
    return SourceTree.tests().stream()
        .map(
            sources -> sources.resolve("../../../target/test-classes").normalize().toAbsolutePath())
        .filter(Files::isDirectory)
        .toList();
  }

  private static URL[] urls() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (Path classes : testClasses()) {
      urls.add(classes.toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }

  /** Returns the directory of the target's inputs. */
  Path inputs() {
    return classInputs.resolve(method);
  }

  /** Returns a name without the common package: {@code http.QueryFuzzTest.parameters}. */
  @Override
  public String toString() {
    return className.replaceFirst("^io\\.accesstokens\\.", "") + '.' + method;
  }
}
