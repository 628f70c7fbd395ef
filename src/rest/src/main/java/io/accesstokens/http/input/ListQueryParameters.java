package io.accesstokens.http.input;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes, for the OpenAPI document, the query parameters that {@link ListParameters} reads. */
@Parameter(
    name = "q",
    in = ParameterIn.QUERY,
    description = "Only tokens whose name, description or prefix contains this, in any case",
    schema = @Schema(type = "string", minLength = 1, maxLength = 200))
@Parameter(
    name = "sort",
    in = ParameterIn.QUERY,
    description = "The member to sort by, with a hyphen before it for descending",
    schema =
        @Schema(
            type = "string",
            defaultValue = "-createdAt",
            allowableValues = {
              "name", "-name", "createdAt", "-createdAt", "expiresAt", "-expiresAt",
              "lastUsedAt", "-lastUsedAt", "createdBy", "-createdBy", "status", "-status",
              "groupEntityRef", "-groupEntityRef"
            }))
@Parameter(ref = "status")
@Parameter(
    name = "groupEntityRef",
    in = ParameterIn.QUERY,
    description =
        "Only tokens of this group, in any spelling; if the parameter is repeated, the tokens of"
            + " all these groups",
    array =
        @ArraySchema(schema = @Schema(type = "string"), maxItems = QueryParameters.MAX_PARAMETERS))
@Parameter(
    name = "createdBy",
    in = ParameterIn.QUERY,
    description =
        "Only tokens that this user, in any spelling, or the token with this subject created",
    schema = @Schema(type = "string"))
@Parameter(
    name = "createdBefore",
    in = ParameterIn.QUERY,
    description = "Only tokens that were created before this instant",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    name = "live",
    in = ParameterIn.QUERY,
    description = "Only tokens that are neither revoked nor expired",
    schema = @Schema(type = "boolean", defaultValue = "false"))
@Parameter(
    name = "expiresAfter",
    in = ParameterIn.QUERY,
    description = "Only tokens that expire at this instant or later",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    name = "expiresBefore",
    in = ParameterIn.QUERY,
    description = "Only tokens that expire before this instant",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    name = "lastUsedBefore",
    in = ParameterIn.QUERY,
    description = "Only tokens that were used, but not since this instant",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    name = "unusedSince",
    in = ParameterIn.QUERY,
    description = "Only tokens that were not used since this instant, or never",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    name = "neverUsed",
    in = ParameterIn.QUERY,
    description = "Only tokens that never were used",
    schema = @Schema(type = "boolean", defaultValue = "false"))
@Parameter(
    name = "rotating",
    in = ParameterIn.QUERY,
    description = "Only live tokens whose previous secret is valid",
    schema = @Schema(type = "boolean", defaultValue = "false"))
@Parameter(
    name = "after",
    in = ParameterIn.QUERY,
    description =
        "The position after which the page begins: next of an earlier response with"
            + " the same sort; not with offset",
    schema = @Schema(type = "string"))
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface ListQueryParameters {}
