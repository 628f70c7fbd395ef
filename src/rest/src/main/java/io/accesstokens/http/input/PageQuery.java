package io.accesstokens.http.input;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes, for the OpenAPI document, the query parameters {@code limit} and {@code offset}. These
 * parameters select a page of a list. {@link QueryParameters} reads the parameters.
 */
@Parameter(
    name = "limit",
    in = ParameterIn.QUERY,
    description = "Maximum number of rows",
    schema = @Schema(type = "integer", minimum = "0", maximum = "500", defaultValue = "50"))
@Parameter(
    name = "offset",
    in = ParameterIn.QUERY,
    description = "Number of rows to skip",
    schema = @Schema(type = "integer", minimum = "0", maximum = "2147483647", defaultValue = "0"))
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface PageQuery {}
