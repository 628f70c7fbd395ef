package io.accesstokens.app.settings.source;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The default and the bounds of a setting. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Setting {

  /**
   * The default, as an operator would write it in the configuration. An empty text means no
   * default.
   */
  String byDefault() default "";

  /** The minimum of an integer setting, inclusive. */
  int min() default Integer.MIN_VALUE;

  /** The maximum of an integer setting, inclusive. */
  int max() default Integer.MAX_VALUE;

  /**
   * True if an absent list means that nothing is restricted. An empty list is then an error.
   * Otherwise, an operator who deletes all elements would remove the restriction by mistake.
   */
  boolean absentMeansAll() default false;
}
