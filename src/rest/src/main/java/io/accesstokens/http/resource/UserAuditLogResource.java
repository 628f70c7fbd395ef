package io.accesstokens.http.resource;

import io.accesstokens.http.input.AuditLogQueryParameters;
import io.accesstokens.http.input.CursorPageQueryParameters;
import io.accesstokens.http.input.Negotiation;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.response.UserAuditLogResponse;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.audit.AuditLogFilter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** {@code /access-tokens/user-tokens/audit}: the audit log of the personal tokens of all users. */
@Path("access-tokens/user-tokens/audit")
@Tag(name = "Personal tokens")
@RolesAllowed(Permissions.USER_ADMIN)
@CommonErrors
public class UserAuditLogResource extends BaseAuditLogResource {

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "listAllUserTokenEvents",
      summary = "List the audit events of personal tokens, newest first; filters are ANDed")
  @AuditLogQueryParameters.OfUsers
  @CursorPageQueryParameters
  @Parameter(ref = "after")
  @Parameter(ref = "counts")
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", ref = "PersonalTokensDisabled")
  public UserAuditLogResponse page(@Context UriInfo uri) {
    return respond(
        () -> {
          CountedPage counted = page(uri, AuditLogFilter.Kind.PERSONAL);
          return UserAuditLogResponse.of(counted.page(), counted.query(), counted.counts());
        });
  }

  @GET
  @Path("export")
  @Produces({MediaType.APPLICATION_JSON, Negotiation.CSV, Negotiation.NDJSON})
  @Operation(
      operationId = "exportUserTokenEvents",
      summary = "Export the audit events of personal tokens as a file, newest first")
  @Parameter(ref = "exportFormat")
  @AuditLogQueryParameters.OfUsers
  @ApiResponse(responseCode = "200", ref = "AuditLogFile")
  @ApiResponse(responseCode = "404", ref = "PersonalTokensDisabled")
  public Response export(@Context UriInfo uri) {
    return respond(() -> exportedLog(uri, AuditLogFilter.Kind.PERSONAL, true));
  }

  /**
   * Returns only the headers of the export. Without this method, the runtime would create the
   * complete export for a HEAD request and discard the body.
   */
  @HEAD
  @Path("export")
  @Produces({MediaType.APPLICATION_JSON, Negotiation.CSV, Negotiation.NDJSON})
  @Operation(hidden = true)
  public Response exportHead(@Context UriInfo uri) {
    return respond(() -> exportedLog(uri, AuditLogFilter.Kind.PERSONAL, false));
  }
}
