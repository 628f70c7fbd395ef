package io.accesstokens.http.input;

import io.accesstokens.token.rotation.RotationRequest;
import io.swagger.v3.oas.annotations.Parameter;
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
 * Describes, for the OpenAPI document, the request and the 409 error of an operation that rotates a
 * token. {@link RequestSchemas#rotation} reads the request.
 */
@Parameter(ref = RotationRequest.IDEMPOTENCY_KEY)
@RequestBody(
    required = false,
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = RequestSchemas.Rotation.class)))
@ApiResponse(
    responseCode = "409",
    description =
        "The token is revoked or has expired, or the earlier rotation with the Idempotency-Key"
            + " cannot be repeated, or the current secret is not the one that the request"
            + " expects")
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface RotationOperation {}
