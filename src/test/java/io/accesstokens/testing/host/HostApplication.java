package io.accesstokens.testing.host;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.Denial;
import io.accesstokens.auth.RemoteTokenCheck;
import io.accesstokens.auth.Stage;
import io.accesstokens.auth.UndeclaredAccess;
import io.accesstokens.auth.VerifierCredential;
import jakarta.ws.rs.core.Application;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** An application that tries every way of declaring access. */
public final class HostApplication extends Application implements AutoCloseable {

  private final Map<String, Object> settings;
  private final RemoteTokenCheck check;

  /**
   * @param settings {@code tokens}, {@code verifier} (a raw token), {@code stage}, {@code
   *     undeclared}, {@code resource} (the name of a class in {@link HostResources}), {@code heard}
   *     (a consumer of texts)
   */
  public HostApplication(Map<String, Object> settings) {
    this.settings = settings;
    this.check =
        RemoteTokenCheck.builder(
                URI.create(text("tokens")), () -> VerifierCredential.token(text("verifier")))
            .build();
  }

  @Override
  public void close() {
    check.close();
  }

  @Override
  public Set<Class<?>> getClasses() {
    try {
      return Set.of(Class.forName(HostResources.class.getName() + '$' + text("resource")));
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  @SuppressWarnings("deprecation") // The portable way to register instances without CDI.
  public Set<Object> getSingletons() {
    @SuppressWarnings("unchecked")
    Consumer<String> heard =
        (Consumer<String>) Objects.requireNonNull(settings.get("heard"), "heard");
    return Set.of(
        AccessTokensFeature.builder(check)
            .stage(Stage.parse(text("stage")))
            .undeclared(UndeclaredAccess.valueOf(text("undeclared")))
            .denialListener((Denial denial) -> heard.accept(denial.toString()))
            .passOtherBearers()
            .build(),
        new HostResources.Sessions());
  }

  private String text(String name) {
    return String.valueOf(settings.get(name));
  }
}
