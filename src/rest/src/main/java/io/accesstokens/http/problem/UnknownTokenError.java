package io.accesstokens.http.problem;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes, for the OpenAPI document, the 404 error of an operation on one token. */
@ApiResponse(
    responseCode = "404",
    description = "There is no such token, or the caller may not access it",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface UnknownTokenError {}
