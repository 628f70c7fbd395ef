package io.accesstokens.http.resource;

import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.input.AuditLogFormat;
import io.accesstokens.http.input.AuditLogParameters;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.response.ResponseMemory;
import io.accesstokens.token.Actor;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.usage.TokenReports;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;

/** Reads the audit log of all tokens of one kind. */
abstract class BaseAuditLogResource extends BaseResource {

  /**
   * A page of the audit log.
   *
   * @param counts the numbers of events that match the filter, by event type; empty if the request
   *     does not ask for them
   */
  record CountedPage(
      AuditLogPage page, AuditLogQuery query, Map<AuditEvent.Type, BoundedCount> counts) {}

  /** Reads a page of the audit log of all tokens of a kind. */
  final CountedPage page(UriInfo uri, AuditLogFilter.Kind kind) {
    requireEnabled(kind);
    QueryParameters parameters = QueryParameters.of(uri.getRequestUri());
    boolean counted = parameters.flag("counts");
    AuditLogQuery query = AuditLogParameters.page(parameters, kind);
    Actor caller = Callers.actor(security);
    TokenReports reports = tokenService().reports();
    AuditLogPage page = reports.auditLog(caller, query);
    return new CountedPage(
        page,
        query,
        counted
            ? reports.eventCounts(caller, query.filter(), AuditLogParameters.types(kind))
            : Map.of());
  }

  /**
   * Returns a file with the audit log of all tokens of a kind.
   *
   * @param body false for the headers only
   */
  final Response exportedLog(UriInfo uri, AuditLogFilter.Kind kind, boolean body) {
    requireEnabled(kind);
    QueryParameters query = QueryParameters.of(uri.getRequestUri());
    AuditLogFormat format = AuditLogParameters.format(query);
    AuditLogFilter filter = AuditLogParameters.filter(query, kind);
    query.check();
    if (body) {
      memory().check(security, ResponseMemory.EXPORT_BYTES);
    }
    AuditLogExport export =
        new AuditLogExport(
            format,
            kind,
            tokenService().reports().events(Callers.actor(security), filter),
            tokenService()::displayNames);
    String name = AuditLogExport.fileName(filter, format, tokenService().now());
    Response.ResponseBuilder response =
        Response.ok()
            .type(format.mediaType())
            .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + '"');
    return body ? response.entity(export).build() : response.build();
  }

  private void requireEnabled(AuditLogFilter.Kind kind) {
    if (kind == AuditLogFilter.Kind.PERSONAL) {
      var unused = personal();
    }
  }
}
