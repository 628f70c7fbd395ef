package io.accesstokens.http.input;

import io.swagger.v3.oas.annotations.Parameter;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes, for the OpenAPI document, the query parameters {@code limit} and {@code offset} of a
 * list with cursors. {@link QueryParameters} reads the parameters.
 */
@Parameter(ref = "limit")
@Parameter(ref = "boundedOffset")
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface CursorPageQueryParameters {}
