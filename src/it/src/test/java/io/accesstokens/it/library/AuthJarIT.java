package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.remote.RemoteTokenVerifier;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the auth jar's classes need the documented dependencies, and nothing else. */
class AuthJarIT {

  private static final String HOST =
      """
      import io.accesstokens.auth.*;
      import io.accesstokens.auth.enforcement.*;
      import io.accesstokens.auth.remote.*;
      import io.accesstokens.verify.*;
      import jakarta.ws.rs.*;
      import java.net.URI;

      @Path("things")
      @RequiresScope(value = {"a", "b"}, mode = EnforcementMode.WARN)
      public class Host {
        @GET public String get(@jakarta.ws.rs.core.Context jakarta.ws.rs.core.SecurityContext s) {
          TokenPrincipal caller = (TokenPrincipal) s.getUserPrincipal();
          return caller.verified().subject() + caller.clientAddress();
        }
        static final RemoteTokenVerifier VERIFIER =
            RemoteTokenVerifier.builder(
                    URI.create("https://tokens.example"),
                    () -> VerifierCredential.basic("things", "secret"))
                .cacheTtl(java.time.Duration.ofSeconds(30))
                .listener(new RemoteListener() {})
                .build();
        static final AccessTokensFeature FEATURE =
            AccessTokensFeature.builder(VERIFIER)
                .format(new RawTokenFormat("a_", "b_", true))
                .modes(route -> route.modeOr(EnforcementMode.parse("monitor")))
                .missingPermissionListener(missing -> System.err.println(missing.missing()))
                .undeclared(UndeclaredAccess.UNGUARDED)
                .build();
      }
      """;

  /** The package that needs an optional library. */
  private static final String NEEDS_MICROMETER = "io/accesstokens/auth/metrics/";

  @Test
  void everyClassLinks() throws Exception {
    List<Path> path = HostRuntime.authJarAlone();
    List<String> linked = new ArrayList<>();
    try (URLClassLoader loader =
            new URLClassLoader(HostRuntime.urls(path), ClassLoader.getPlatformClassLoader());
        JarFile jar = new JarFile(path.get(0).toFile())) {
      for (ZipEntry entry : jar.stream().toList()) {
        String name = entry.getName();
        if (name.endsWith(".class")
            && !name.endsWith("package-info.class")
            && !name.startsWith(NEEDS_MICROMETER)) {
          Class<?> type =
              Class.forName(
                  name.substring(0, name.length() - ".class".length()).replace('/', '.'),
                  true,
                  loader);
          // These calls resolve each type in a signature.
          int members =
              type.getDeclaredMethods().length
                  + type.getDeclaredFields().length
                  + type.getDeclaredConstructors().length;
          if (members > 0) {
            linked.add(type.getName());
          }
        }
      }
      assertThrows(
          ClassNotFoundException.class,
          () -> loader.loadClass("org.jspecify.annotations.Nullable"));
      assertThrows(ClassNotFoundException.class, () -> loader.loadClass("jakarta.servlet.Servlet"));
    }
    assertTrue(linked.contains(RemoteTokenVerifier.class.getName()), linked::toString);
  }

  @Test
  void hostCompilesWithoutAWarning(@TempDir Path out) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    String path =
        HostRuntime.authJarAlone().stream()
            .map(Path::toString)
            .collect(Collectors.joining(System.getProperty("path.separator")));
    boolean compiled =
        compiler
            .getTask(
                said,
                null,
                null,
                List.of("-Xlint:all", "-Werror", "-proc:none", "-d", out.toString(), "-cp", path),
                null,
                List.of(new Source()))
            .call();
    assertTrue(compiled, said::toString);
  }

  private static final class Source extends SimpleJavaFileObject {
    Source() {
      super(URI.create("string:///Host.java"), JavaFileObject.Kind.SOURCE);
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return HOST;
    }
  }
}
