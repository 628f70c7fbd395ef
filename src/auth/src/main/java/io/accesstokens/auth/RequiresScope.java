package io.accesstokens.auth;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The scopes that a caller needs for a resource method, or for those methods of a class that
 * declare no access themselves. {@link AccessTokensFeature} holds callers to it.
 *
 * <p>On a sub-resource locator it would hold nobody, and is refused.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface RequiresScope {

  /** One or more scopes (RFC 6749, section 3.3), all of which are needed. */
  String[] value();

  /** At most one: the stage of these routes. Without it they are in the application's stage. */
  Stage[] stage() default {};
}
