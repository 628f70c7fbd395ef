package io.accesstokens.http.input;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes, for the OpenAPI document, the query parameters that {@link AuditLogParameters} reads.
 */
@Parameter(ref = "auditEventId")
@Parameter(ref = "tokenId")
@Parameter(
    name = "groupEntityRef",
    in = ParameterIn.QUERY,
    description = "Only events of tokens of this group, in any spelling",
    schema = @Schema(type = "string"))
@Parameter(ref = "actor")
@Parameter(
    name = "event",
    in = ParameterIn.QUERY,
    description = "Only events of this kind",
    schema =
        @Schema(
            type = "string",
            allowableValues = {
              "created",
              "updated",
              "rotated",
              "previous-secret-ended",
              "ended-secret-used",
              "revoked",
              "imported"
            }))
@Parameter(ref = "from")
@Parameter(ref = "to")
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface AuditLogQueryParameters {

  /** Describes the filters of the audit log of all personal tokens. */
  @Parameter(ref = "auditEventId")
  @Parameter(ref = "tokenId")
  @Parameter(
      name = "userEntityRef",
      in = ParameterIn.QUERY,
      description = "Only events of tokens of this user, in any spelling",
      schema = @Schema(type = "string"))
  @Parameter(ref = "actor")
  @Parameter(
      name = "event",
      in = ParameterIn.QUERY,
      description = "Only events of this kind",
      schema =
          @Schema(
              type = "string",
              allowableValues = {
                "minted",
                "exchanged",
                "rotated",
                "previous-secret-ended",
                "ended-secret-used",
                "revoked",
                "imported"
              }))
  @Parameter(ref = "from")
  @Parameter(ref = "to")
  @Documented
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @interface OfUsers {}
}
