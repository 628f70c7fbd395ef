package io.accesstokens.login;

import io.accesstokens.token.PermissionPolicy;
import jakarta.ws.rs.core.Configuration;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the resources need by which people sign in and out, and the filter that knows them
 * afterwards. Register it once, as an instance, beside {@link #classes} or {@link #singletons}.
 */
public final class SignInRoutes implements Feature {

  /** The name of the configuration's property that holds it. */
  private static final String PROPERTY = "io.accesstokens.login.mounted";

  private final BrowserSessions sessions;
  private final PasswordCheck passwords;
  private final PermissionPolicy permissions;
  private final List<SessionAnswer.Way> ways;
  private final @Nullable OpenIdProvider provider;
  private final OwnCookie attempts;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param permissions decides what a person may do
   * @param ways in which people can sign in
   * @param provider at which people sign in, too, and are signed out; null if there is none
   */
  public SignInRoutes(
      BrowserSessions sessions,
      PasswordCheck passwords,
      PermissionPolicy permissions,
      List<SessionAnswer.Way> ways,
      @Nullable OpenIdProvider provider) {
    this.sessions = sessions;
    this.passwords = passwords;
    this.permissions = permissions;
    this.ways = List.copyOf(ways);
    this.provider = provider;
    this.attempts =
        new OwnCookie(
            "access-tokens-oidc", provider == null ? null : provider.registration().publicUrl());
  }

  /** The resource classes, for {@code Application.getClasses()}. */
  public static Set<Class<?>> classes() {
    return Set.of(SessionRoute.class, OpenIdRoute.class);
  }

  /** One object of each of them in their place, for {@code Application.getSingletons()}. */
  public static Set<Object> singletons() {
    return Set.of(new SessionRoute(), new OpenIdRoute());
  }

  @Override
  public boolean configure(FeatureContext context) {
    context.property(PROPERTY, this);
    context.register(new SessionAuthentication(sessions, permissions));
    return true;
  }

  /** What was left in a configuration. */
  static SignInRoutes in(Configuration configuration) {
    if (configuration.getProperty(PROPERTY) instanceof SignInRoutes mounted) {
      return mounted;
    }
    throw new IllegalStateException("register SignInRoutes beside its resources");
  }

  BrowserSessions sessions() {
    return sessions;
  }

  PasswordCheck passwords() {
    return passwords;
  }

  PermissionPolicy permissions() {
    return permissions;
  }

  List<SessionAnswer.Way> ways() {
    return ways;
  }

  @Nullable OpenIdProvider provider() {
    return provider;
  }

  /** Holds what a browser has begun at the provider. */
  OwnCookie attempts() {
    return attempts;
  }

  SecureRandom random() {
    return random;
  }
}
