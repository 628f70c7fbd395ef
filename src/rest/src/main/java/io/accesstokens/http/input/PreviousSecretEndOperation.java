package io.accesstokens.http.input;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.ws.rs.core.MediaType;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes, for the OpenAPI document, the request and the responses of an operation that ends the
 * previous secret of a token.
 */
@RequestBody(
    required = false,
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = RequestSchemas.SecretEnd.class)))
@ApiResponse(
    responseCode = "204",
    description = "The secret is ended: no verifier accepts it any more")
@ApiResponse(
    responseCode = "404",
    description =
        "There is no such token, or the caller may not access it, or it has no previous secret")
@ApiResponse(
    responseCode = "409",
    description = "The previous secret is not the one that the request expects")
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface PreviousSecretEndOperation {}
