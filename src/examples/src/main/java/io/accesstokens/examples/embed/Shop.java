package io.accesstokens.examples.embed;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.http.AccessTokensRoutes;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shop's application, which mounts the resources of access-tokens. */
// region: application
@ApplicationPath("api")
public class Shop extends Application {

  private final ServiceTokenService tokenService;
  private final VerificationListener listener;
  private final StaffSignIn signIn;

  Shop(ServiceTokenService tokenService, VerificationListener listener, StaffSignIn signIn) {
    this.tokenService = tokenService;
    this.listener = listener;
    this.signIn = signIn;
  }

  @Override
  public Set<Class<?>> getClasses() {
    Set<Class<?>> classes = new HashSet<>(AccessTokensRoutes.classes());
    classes.add(Orders.class);
    classes.add(Refunds.class);
    classes.add(ShopErrors.class);
    return classes;
  }

  @Override
  @SuppressWarnings("deprecation") // the portable way to register instances
  public Set<Object> getSingletons() {
    return Set.of(
        signIn,
        AccessTokensRoutes.feature(tokenService)
            .verifications(listener)
            .challenges(headers -> List.of(BearerChallenge.PLAIN, StaffSignIn.CHALLENGE)),
        AccessTokensFeature.builder(tokenService.verifier())
            .format(tokenService.rawTokenFormat())
            // the same listener, which records usage and the first uses of rotated tokens
            .listener(listener)
            .onlyOn(Set.of(Refunds.class))
            .build());
  }

  @Override
  public Map<String, Object> getProperties() {
    return AccessTokensRoutes.properties();
  }
}
// endregion
