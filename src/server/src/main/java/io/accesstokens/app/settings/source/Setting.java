package io.accesstokens.app.settings.source;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The terms of a setting. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Setting {

  /** The default, as an operator would write it. An empty text means that there is none. */
  String byDefault() default "";

  /** The minimum of an integer, inclusive. */
  int min() default Integer.MIN_VALUE;

  /** The maximum of an integer, inclusive. */
  int max() default Integer.MAX_VALUE;
}
