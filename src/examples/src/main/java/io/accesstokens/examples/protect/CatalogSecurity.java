package io.accesstokens.examples.protect;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.verify.TokenVerifier;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import java.util.List;

/** Registers the filters that the API needs to accept raw tokens. */
// region: register
public class CatalogSecurity implements Feature {

  /** The property with the {@link TokenVerifier}. The application closes the verifier. */
  public static final String TOKEN_VERIFIER = "catalog.tokenVerifier";

  /** The property with the default mode, such as {@code warn}, for methods that declare no mode. */
  public static final String MODE = "catalog.mode";

  /**
   * The property with the methods that are always enforced, such as {@code PUT /catalog/{name}; GET
   * /catalog}.
   */
  public static final String ENFORCED = "catalog.enforced";

  @Override
  public boolean configure(FeatureContext context) {
    TokenVerifier verifier = (TokenVerifier) context.getConfiguration().getProperty(TOKEN_VERIFIER);
    EnforcementMode mode = EnforcementMode.parse(setting(context, MODE));
    List<String> enforced = List.of(setting(context, ENFORCED).split("; *"));
    return AccessTokensFeature.builder(verifier)
        .modes(
            route ->
                enforced.contains(route.method() + ' ' + route.path())
                    ? EnforcementMode.ENFORCE
                    : route.modeOr(mode))
        .listener(new EndingSecretListener())
        .build()
        .configure(context);
  }

  private static String setting(FeatureContext context, String name) {
    return String.valueOf(context.getConfiguration().getProperty(name));
  }
}
// endregion
