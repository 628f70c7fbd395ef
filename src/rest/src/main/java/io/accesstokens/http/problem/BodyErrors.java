package io.accesstokens.http.problem;

import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes, for the OpenAPI document, the errors of an operation that reads a body. */
@ApiResponse(responseCode = "408", ref = "RequestTimeout")
@ApiResponse(responseCode = "413", ref = "ContentTooLarge")
@ApiResponse(responseCode = "415", ref = "UnsupportedMediaType")
@ApiResponse(responseCode = "422", ref = "InvalidFields")
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface BodyErrors {}
