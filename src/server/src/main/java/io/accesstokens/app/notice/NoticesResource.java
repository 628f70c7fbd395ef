package io.accesstokens.app.notice;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.Cursor;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.resource.BaseResource;
import io.accesstokens.notice.NoticeQuery;
import io.accesstokens.notice.NoticeReports;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** {@code /access-tokens/notices}: the notices about service tokens, and their deliveries. */
@Path("access-tokens/notices")
@Tag(name = "Service tokens")
@CommonErrors
public class NoticesResource extends BaseResource {

  private final NoticeReports reports;

  public NoticesResource(NoticeReports reports) {
    this.reports = reports;
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @RolesAllowed(Permissions.SERVICE_READ)
  @Operation(
      operationId = "listNotices",
      summary = "List the notices about service tokens and their deliveries, newest first")
  @Parameter(
      name = "tokenId",
      in = ParameterIn.QUERY,
      description = "Only notices about this token",
      schema = @Schema(type = "string", format = "uuid"))
  @Parameter(
      name = "groupEntityRef",
      in = ParameterIn.QUERY,
      description = "Only notices about tokens of this group",
      schema = @Schema(type = "string"))
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      description = "Maximum number of notices",
      schema = @Schema(type = "integer", minimum = "0", maximum = "500", defaultValue = "50"))
  @Parameter(
      name = "after",
      in = ParameterIn.QUERY,
      description = "The position after which the page begins: next of an earlier response",
      schema = @Schema(type = "string"))
  @ApiResponse(responseCode = "200", description = "A page", useReturnTypeSchema = true)
  public NoticesResponse list(@Context UriInfo uri) {
    return respond(
        () -> {
          QueryParameters query = QueryParameters.of(uri.getRequestUri());
          int limit = query.limit();
          Optional<UUID> token =
              query.single("tokenId", "must be the id of a token", BaseResource::uuid);
          Optional<Set<EntityRef>> groups = query.group().map(Set::of);
          Optional<ListPosition> after =
              query.single(
                  "after",
                  "must be the value of next of an earlier response",
                  text -> Cursor.read(text, TokenOrder.Key.CREATED_AT));
          query.check();
          return NoticesResponse.of(
              reports.list(
                  Callers.actor(security.getUserPrincipal()),
                  new NoticeQuery(groups, token, after, limit)),
              limit);
        });
  }
}
