package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.protocol.ProtocolResponse;
import io.accesstokens.http.protocol.VerifyDecision;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.extensions.Extension;
import io.swagger.v3.oas.annotations.extensions.ExtensionProperty;
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
import jakarta.ws.rs.core.UriInfo;
import java.util.regex.Pattern;

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

  /**
   * Matches the start of the path of this resource. Like the runtime, the pattern ignores empty
   * segments and matrix parameters. The pattern does not read the whole path, because a path can
   * have thousands of segments.
   */
  private static final Pattern OWN_PATH =
      Pattern.compile("/*+access-tokens(?:;[^/]*+)?/++verify(?:;[^/]*+)?(?:/|$)");

  /** The path below {@code verify} for Envoy, which accepts only 200 as success. */
  private static final String EXT_AUTHZ = "ext-authz";

  /** Returns true if the path of the request is the path of this resource or a path below it. */
  public static boolean matches(UriInfo uri) {
    return matches(uri.getPath());
  }

  /**
   * Returns true if the path is the path of this resource or a path below it.
   *
   * @param path the decoded path, relative to the API root
   */
  public static boolean matches(String path) {
    return OWN_PATH.matcher(path).lookingAt();
  }

  @GET
  @Operation(
      operationId = "verifyRequest",
      summary = "Check whether a proxied request may pass, for nginx and Traefik",
      description = ANY_METHOD,
      extensions =
          @Extension(
              properties =
                  @ExtensionProperty(name = "x-any-method", value = "true", parseValue = true)))
  @Parameter(ref = "requiredScopes")
  @ApiResponse(responseCode = "204", ref = "RequestMayPass")
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
      operationId = "verifyRequestForEnvoy",
      summary = "Check whether a proxied request may pass, for Envoy, which accepts only 200",
      description = ANY_METHOD,
      extensions =
          @Extension(
              properties =
                  @ExtensionProperty(name = "x-any-method", value = "true", parseValue = true)))
  @Parameter(ref = "requiredScopes")
  @Parameter(
      name = "uri",
      in = ParameterIn.QUERY,
      description = "The last parameter; its value, to the end of the query, is ignored",
      schema = @Schema(type = "string"))
  @ApiResponse(responseCode = "200", ref = "RequestMayPass")
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
    return verdict(VerifyDecision.Form.STANDARD, uri);
  }

  private Response extAuthz(UriInfo uri) {
    return verdict(VerifyDecision.Form.ENVOY, uri);
  }

  private Response verdict(VerifyDecision.Form form, UriInfo uri) {
    return respond(
        () -> {
          ProtocolResponse passed =
              VerifyDecision.decide(
                  tokenService(),
                  usageListener(),
                  Callers.actor(security),
                  form,
                  () -> uri.getRequestUri().getRawQuery());
          ResponseBuilder response = Response.status(passed.status());
          passed.headers().forEach(header -> response.header(header.name(), header.value()));
          return response.build();
        });
  }
}
