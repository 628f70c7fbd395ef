package io.accesstokens.examples.embed;

import io.accesstokens.http.AccessTokensRoutes;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.usage.UsageRecorder;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The shop's application, which mounts the resources of access-tokens. */
// region: application
@ApplicationPath("api")
public final class Shop extends Application {

  private final ServiceTokenService tokenService;
  private final UsageRecorder usageRecorder;
  private final StaffSignIn signIn;

  Shop(ServiceTokenService tokenService, UsageRecorder usageRecorder, StaffSignIn signIn) {
    this.tokenService = tokenService;
    this.usageRecorder = usageRecorder;
    this.signIn = signIn;
  }

  @Override
  public Set<Class<?>> getClasses() {
    Set<Class<?>> classes = new HashSet<>(AccessTokensRoutes.classes());
    classes.add(Orders.class);
    return classes;
  }

  @Override
  @SuppressWarnings("deprecation") // the portable way to register instances
  public Set<Object> getSingletons() {
    return Set.of(signIn, AccessTokensRoutes.feature(tokenService).verifications(usageRecorder));
  }

  @Override
  public Map<String, Object> getProperties() {
    return AccessTokensRoutes.properties();
  }
}
// endregion
