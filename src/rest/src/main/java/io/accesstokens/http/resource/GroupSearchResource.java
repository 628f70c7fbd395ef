package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.GroupQuery;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.CommonErrors;
import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.directory.GroupDirectory;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;

/** {@code /access-tokens/groups}: searches the groups that a caller can select. */
@Path("access-tokens/groups")
@Tag(name = "Groups")
@CommonErrors
public class GroupSearchResource extends BaseResource {

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  // A parameter of the query selects the required permission. The method reads the query after the
  // checks for 401 and 403.
  @RolesAllowed({Permissions.SERVICE_READ, Permissions.SERVICE_WRITE, Permissions.SERVICE_REVOKE})
  @Operation(
      operationId = "listGroups",
      summary = "List the groups on whose tokens the caller has a permission")
  @Parameter(
      name = "q",
      in = ParameterIn.QUERY,
      description = "Words that the ref or the display name contains, in any case",
      schema = @Schema(type = "string", maxLength = GroupQuery.MAX_TEXT))
  @Parameter(
      name = "permission",
      in = ParameterIn.QUERY,
      description = "The required permission, which the caller has on these groups",
      schema =
          @Schema(
              type = "string",
              allowableValues = {
                Permissions.SERVICE_READ,
                Permissions.SERVICE_WRITE,
                Permissions.SERVICE_REVOKE
              },
              defaultValue = Permissions.SERVICE_WRITE))
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      description = "The maximum number of groups",
      schema = @Schema(type = "integer", minimum = "0", maximum = "100", defaultValue = "20"))
  @ApiResponse(
      responseCode = "200",
      description = "The best matches first",
      useReturnTypeSchema = true)
  public GroupSearchResponse find(@Context UriInfo uri) {
    return respond(
        () -> {
          GroupQuery query = QueryParameters.of(uri.getRequestUri()).groupQuery();
          return GroupSearchResponse.of(
              tokenService()
                  .groups(
                      Callers.actor(security), query.permission(), query.text(), query.limit()));
        });
  }

  /** The result of a search for groups. */
  @JsonbPropertyOrder({"groups", "truncated"})
  @Schema(name = "GroupList", description = "Groups that a caller can choose from")
  public record GroupSearchResponse(
      List<GroupResponse> groups,
      @Schema(description = "True if there are more than limit groups") boolean truncated)
      implements ResponseBody {

    static GroupSearchResponse of(GroupDirectory.MatchingGroups found) {
      return new GroupSearchResponse(
          found.groups().stream().map(GroupResponse::of).toList(), found.truncated());
    }
  }

  /** A group and its display name. */
  @JsonbPropertyOrder({"groupEntityRef", "displayName"})
  @Schema(name = "Group", description = "A group and its display name")
  public record GroupResponse(
      @Schema(example = "group:default/platform") String groupEntityRef,
      @Schema(
              example = "Platform",
              description = "The group's name if the directory has no other",
              maxLength = GroupDirectory.Group.MAX_DISPLAY_NAME)
          String displayName) {

    static GroupResponse of(GroupDirectory.Group group) {
      return new GroupResponse(group.ref().toString(), group.displayName());
    }
  }
}
