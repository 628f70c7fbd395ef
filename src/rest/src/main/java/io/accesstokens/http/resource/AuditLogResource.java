package io.accesstokens.http.resource;

import io.accesstokens.http.input.AuditLogQueryParameters;
import io.accesstokens.http.input.CursorPageQueryParameters;
import io.accesstokens.http.input.Negotiation;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.response.AuditLogResponse;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.verify.EntityRef;
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
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code /access-tokens/service/audit}: the audit log of all service tokens. */
@Path("access-tokens/service/audit")
@Tag(name = "Service tokens")
@CommonErrors
public class AuditLogResource extends BaseAuditLogResource {

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "listAllServiceTokenEvents",
      summary = "List the audit events of service tokens, newest first; filters are ANDed")
  @AuditLogQueryParameters
  @CursorPageQueryParameters
  @Parameter(ref = "after")
  @Parameter(ref = "counts")
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  public AuditLogResponse page(@Context UriInfo uri) {
    return respond(
        () -> {
          CountedPage counted = page(uri, AuditLogFilter.Kind.SERVICE);
          Set<EntityRef> groups =
              counted.page().entries().stream()
                  .map(AuditLogEntry::owner)
                  .filter(Objects::nonNull)
                  .collect(Collectors.toSet());
          return AuditLogResponse.of(
              counted.page(),
              counted.query(),
              counted.counts(),
              tokenService().displayNames(groups));
        });
  }

  @GET
  @Path("export")
  @Produces({MediaType.APPLICATION_JSON, Negotiation.CSV, Negotiation.NDJSON})
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "exportServiceTokenEvents",
      summary = "Export the audit events of service tokens as a file, newest first")
  @Parameter(ref = "exportFormat")
  @AuditLogQueryParameters
  @ApiResponse(responseCode = "200", ref = "AuditLogFile")
  public Response export(@Context UriInfo uri) {
    return respond(() -> exportedLog(uri, AuditLogFilter.Kind.SERVICE, true));
  }

  /**
   * Returns only the headers of the export. Without this method, the runtime would create the
   * complete export for a HEAD request and discard the body.
   */
  @HEAD
  @Path("export")
  @Produces({MediaType.APPLICATION_JSON, Negotiation.CSV, Negotiation.NDJSON})
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(hidden = true)
  public Response exportHead(@Context UriInfo uri) {
    return respond(() -> exportedLog(uri, AuditLogFilter.Kind.SERVICE, false));
  }
}
