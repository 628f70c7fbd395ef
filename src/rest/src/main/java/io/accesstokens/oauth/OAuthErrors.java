package io.accesstokens.oauth;

import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes, for the OpenAPI document, the errors of an OAuth endpoint that reads a form. */
@ApiResponse(responseCode = "400", ref = "OAuthBadRequest")
@ApiResponse(responseCode = "401", ref = "OAuthUnauthenticated")
@ApiResponse(responseCode = "403", ref = "OAuthForbidden")
@ApiResponse(responseCode = "405", ref = "OAuthMethodNotAllowed")
@ApiResponse(responseCode = "408", ref = "OAuthRequestTimeout")
@ApiResponse(responseCode = "413", ref = "OAuthContentTooLarge")
@ApiResponse(responseCode = "415", ref = "OAuthUnsupportedMediaType")
@ApiResponse(responseCode = "429", ref = "OAuthTooManyRequests")
@ApiResponse(responseCode = "500", ref = "OAuthInternalError")
@ApiResponse(responseCode = "503", ref = "OAuthUnavailable")
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface OAuthErrors {}
