package io.accesstokens.auth;

import io.accesstokens.auth.enforcement.EnforcementMode;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares the scopes that a caller needs for a resource method. On a class, this annotation
 * applies to the methods without their own declaration of access. {@link AccessTokensFeature}
 * enforces the declaration.
 *
 * <p>On a sub-resource locator, this annotation is an error, because it would have no effect.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface RequiresScope {

  /**
   * One or more scopes (RFC 6749, section 3.3). The caller needs all of them. The value {@code **}
   * is an error. Use {@code @RolesAllowed("**")} to admit any authenticated caller.
   */
  String[] value();

  /**
   * The enforcement mode of the annotated methods, at most one value. If empty, the mode of the
   * application applies.
   */
  EnforcementMode[] mode() default {};
}
