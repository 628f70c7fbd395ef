package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.ws.rs.core.MediaType;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes, for the OpenAPI document, the errors of an OAuth endpoint that reads a form. */
@ApiResponse(
    responseCode = "400",
    description = "The form is malformed or lacks the token, or the query contains a token",
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@ApiResponse(
    responseCode = "401",
    description = "Not authenticated, or the caller's own credential is not valid",
    headers = @Header(name = "WWW-Authenticate", schema = @Schema(types = "string")),
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@ApiResponse(
    responseCode = "403",
    description = "The caller lacks the permission",
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@ApiResponse(
    responseCode = "405",
    description = "The method is not POST",
    headers = @Header(name = "Allow", schema = @Schema(types = "string")),
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@ApiResponse(
    responseCode = "413",
    description = "The body is over 102,400 bytes; for token, over 16,384",
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@ApiResponse(
    responseCode = "415",
    description = "The body is not declared as a form in UTF-8",
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@ApiResponse(
    responseCode = "429",
    description = "Too many requests; a proxy or a later version may send this",
    headers = @Header(name = "Retry-After", schema = @Schema(types = "integer")),
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@ApiResponse(
    responseCode = "500",
    description = "An internal error",
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@ApiResponse(
    responseCode = "503",
    description = "A system that the service depends on is unavailable",
    headers = @Header(name = "Retry-After", schema = @Schema(types = "integer")),
    content =
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = OAuthError.class)))
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface OAuthErrors {}
