package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that the sizes in the README match the artifacts, within a tenth. */
class ArtifactSizesIT {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([^`]+)`(, with its dependencies)? \\| ([0-9.,]+) (kB|MB) \\|");

  /** Maximum size of the auth jar with all its dependencies, in bytes. */
  private static final long AUTH_LIMIT = 2_000_000;

  @Test
  void readmeHasTheSizeOfEachArtifact() throws IOException {
    Map<String, Long> stated = new LinkedHashMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("README.md")));
    while (row.find()) {
      double number = Double.parseDouble(row.group(3).replace(",", ""));
      stated.put(
          row.group(1) + (row.group(2) == null ? "" : "+"),
          (long) (number * (row.group(4).equals("kB") ? 1_000 : 1_000_000)));
    }
    Map<String, Long> measured = measured();
    assertEquals(measured.keySet(), stated.keySet(), "rows of the table");
    measured.forEach(
        (name, size) ->
            assertTrue(
                Math.abs(stated.getOrDefault(name, 0L) - size) <= size / 10,
                () -> name + " has " + size + " bytes, the README says " + stated.get(name)));
  }

  @Test
  void authJarWithItsDependenciesIsSmall() throws IOException {
    long size = with("auth");
    assertTrue(size < AUTH_LIMIT, () -> size + " bytes");
  }

  private static Map<String, Long> measured() throws IOException {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (String war : List.of("access-tokens.war", "access-tokens-payara.war")) {
      sizes.put(war, Files.size(Path.of("target", war)));
    }
    for (String module : LibraryJars.MODULES) {
      sizes.put(LibraryJars.artifact(module), Files.size(LibraryJars.jar(module)));
      sizes.put(LibraryJars.artifact(module) + "+", with(module));
    }
    return sizes;
  }

  private static long with(String module) throws IOException {
    long size = 0;
    for (Path jar : LibraryJars.withDependencies(module)) {
      size += Files.size(jar);
    }
    return size;
  }
}
