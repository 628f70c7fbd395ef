package io.accesstokens.http;

import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ScopeCatalogue;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.verify.Verification;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.extensions.Extension;
import io.swagger.v3.oas.annotations.extensions.ExtensionProperty;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * {@code /access-tokens/verify}: decides for a proxy whether a client's request may pass. For each
 * request of a client, the proxy sends a sub-request with the client's {@code Authorization} header
 * to this resource.
 *
 * <p>Every HTTP method returns the same result, because some proxies use the client's method for
 * the sub-request. This rule includes {@code OPTIONS}. Otherwise the runtime would respond to
 * {@code OPTIONS} with a success, and the proxy would let the request pass.
 */
@Path("access-tokens/verify")
@Tag(name = "Proxies")
@RolesAllowed("**")
@CommonErrors
public class VerifyResource extends BaseResource {

  private static final String ANY_METHOD =
      "POST, PUT, PATCH, DELETE and OPTIONS get the same response, because some proxies send the"
          + " client's method.";

  /** The path for Envoy, which accepts only 200 as success. */
  private static final String EXT_AUTHZ = "ext-authz";

  /**
   * The name of the query parameter that contains the path of the client's request. Envoy appends
   * this path to the URL of the sub-request.
   */
  private static final String REST = "uri";

  /**
   * Maximum length of a header value, in characters. By default, a proxy reads all headers of a
   * response into a buffer of 4 KB.
   */
  private static final int MAX_HEADER_LENGTH = 2_000;

  /** Returns 204 if the client's request may pass. */
  @GET
  @Operation(
      operationId = "verify",
      summary = "Check whether a proxied request may pass, for nginx and Traefik",
      description = ANY_METHOD,
      extensions =
          @Extension(
              properties =
                  @ExtensionProperty(name = "x-any-method", value = "true", parseValue = true)))
  @Parameter(
      name = "scope",
      in = ParameterIn.QUERY,
      description = "Scopes, all of which the token must have; separated by spaces, or repeated",
      array = @ArraySchema(schema = @Schema(type = "string")))
  @ApiResponse(
      responseCode = "204",
      description = "The request may pass",
      headers = {
        @Header(name = "X-Access-Token-Subject", schema = @Schema(types = "string")),
        @Header(name = "X-Access-Token-Scopes", schema = @Schema(types = "string")),
        @Header(name = "X-Access-Token-Id", schema = @Schema(types = "string", format = "uuid")),
        @Header(
            name = SecretHeaders.EXPIRES,
            schema = @Schema(types = "string", format = "date-time"))
      })
  public Response get(@Parameter(hidden = true) @Context UriInfo uri) {
    return verdict(uri);
  }

  /** Returns the same response as {@link #get}. */
  @POST
  @Hidden
  public Response post(@Context UriInfo uri) {
    return verdict(uri);
  }

  /** Returns the same response as {@link #get}. */
  @PUT
  @Hidden
  public Response put(@Context UriInfo uri) {
    return verdict(uri);
  }

  /** Returns the same response as {@link #get}. */
  @PATCH
  @Hidden
  public Response patch(@Context UriInfo uri) {
    return verdict(uri);
  }

  /** Returns the same response as {@link #get}. */
  @DELETE
  @Hidden
  public Response delete(@Context UriInfo uri) {
    return verdict(uri);
  }

  /** Returns the same response as {@link #get}. */
  @OPTIONS
  @Hidden
  public Response options(@Context UriInfo uri) {
    return verdict(uri);
  }

  /**
   * Returns 200 if the client's request may pass. The HTTP authorization of Envoy accepts only 200
   * as success.
   */
  @GET
  @Path(EXT_AUTHZ)
  @Operation(
      operationId = "verifyForEnvoy",
      summary = "Check whether a proxied request may pass, for Envoy, which accepts only 200",
      description = ANY_METHOD,
      extensions =
          @Extension(
              properties =
                  @ExtensionProperty(name = "x-any-method", value = "true", parseValue = true)))
  @Parameter(
      name = "scope",
      in = ParameterIn.QUERY,
      description = "Scopes, all of which the token must have; separated by spaces, or repeated",
      array = @ArraySchema(schema = @Schema(type = "string")))
  @Parameter(
      name = "uri",
      in = ParameterIn.QUERY,
      description = "The last parameter; its value, to the end of the query, is ignored",
      schema = @Schema(type = "string"))
  @ApiResponse(
      responseCode = "200",
      description = "The request may pass",
      headers = {
        @Header(name = "X-Access-Token-Subject", schema = @Schema(types = "string")),
        @Header(name = "X-Access-Token-Scopes", schema = @Schema(types = "string")),
        @Header(name = "X-Access-Token-Id", schema = @Schema(types = "string", format = "uuid")),
        @Header(
            name = SecretHeaders.EXPIRES,
            schema = @Schema(types = "string", format = "date-time"))
      })
  public Response extAuthzGet(@Parameter(hidden = true) @Context UriInfo uri) {
    return extAuthz(uri);
  }

  /** Returns the same response as {@link #extAuthzGet}. */
  @POST
  @Path(EXT_AUTHZ)
  @Hidden
  public Response extAuthzPost(@Context UriInfo uri) {
    return extAuthz(uri);
  }

  /** Returns the same response as {@link #extAuthzGet}. */
  @PUT
  @Path(EXT_AUTHZ)
  @Hidden
  public Response extAuthzPut(@Context UriInfo uri) {
    return extAuthz(uri);
  }

  /** Returns the same response as {@link #extAuthzGet}. */
  @PATCH
  @Path(EXT_AUTHZ)
  @Hidden
  public Response extAuthzPatch(@Context UriInfo uri) {
    return extAuthz(uri);
  }

  /** Returns the same response as {@link #extAuthzGet}. */
  @DELETE
  @Path(EXT_AUTHZ)
  @Hidden
  public Response extAuthzDelete(@Context UriInfo uri) {
    return extAuthz(uri);
  }

  /** Returns the same response as {@link #extAuthzGet}. */
  @OPTIONS
  @Path(EXT_AUTHZ)
  @Hidden
  public Response extAuthzOptions(@Context UriInfo uri) {
    return extAuthz(uri);
  }

  private Response verdict(UriInfo uri) {
    return verdict(Status.NO_CONTENT, () -> QueryParameters.of(uri.getRequestUri()));
  }

  private Response extAuthz(UriInfo uri) {
    return verdict(Status.OK, () -> QueryParameters.before(REST, uri.getRequestUri()));
  }

  private Response verdict(Status yes, Supplier<QueryParameters> query) {
    return answer(
        () -> {
          Actor actor = Callers.actor(security);
          Verification.Accepted verified =
              actor
                  .credential()
                  .orElseThrow(
                      () ->
                          new PermissionDeniedException(
                              "", "only requests with an access token may pass"));
          List<String> scopes = query.get().scopes();
          if (scopes.stream().anyMatch(tokenService().rawTokenFormat()::claims)) {
            // The required scopes are logged and returned. A caller can confuse a raw token with a
            // scope. Therefore this check comes first.
            throw new MalformedRequestException("a raw token is not a scope");
          }
          tokenService().requireScopes(actor, verified, scopes);
          ResponseBuilder response =
              Response.status(yes)
                  .header("X-Access-Token-Subject", ascii(verified.subject()))
                  .header("X-Access-Token-Scopes", fitting(verified.scopes()))
                  .header("X-Access-Token-Id", verified.tokenId());
          SecretHeaders.addExpiry(response, verified.expiresAt());
          return response.build();
        });
  }

  /**
   * Returns the scopes, separated by spaces. If the text would be too long for a header, omits the
   * last scopes.
   */
  private static String fitting(List<String> scopes) {
    StringBuilder text = new StringBuilder();
    for (String scope : scopes) {
      if (!ScopeCatalogue.isScopeToken(scope)) {
        continue; // A host's store can contain a malformed scope.
      }
      if (text.length() + 1 + scope.length() > MAX_HEADER_LENGTH) {
        break;
      }
      text.append(text.isEmpty() ? "" : " ").append(scope);
    }
    return text.toString();
  }

  /**
   * Percent-encodes a text, so that the result contains only visible ASCII characters. The method
   * encodes the percent sign, and the UTF-8 bytes of all characters that are not visible ASCII
   * characters.
   */
  private static String ascii(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7F && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", b));
      }
    }
    return encoded.toString();
  }
}
