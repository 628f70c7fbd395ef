package io.accesstokens.testing.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Renders Kubernetes manifests with kubectl, without a cluster. */
public final class Kustomize {

  private Kustomize() {}

  /**
   * Returns the rendered manifests of a directory, as YAML documents.
   *
   * @throws IllegalStateException with the output of kubectl, if the manifests cannot be rendered
   */
  public static String render(Path directory) {
    try {
      Path rendered = Files.createTempFile("access-tokens-manifests-", ".yaml");
      try {
        ServerPrograms.run(
            List.of(
                ServerPrograms.kubectl().toString(),
                "kustomize",
                directory.toString(),
                "--output",
                rendered.toString()));
        return Files.readString(rendered, StandardCharsets.UTF_8);
      } finally {
        Files.delete(rendered);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
