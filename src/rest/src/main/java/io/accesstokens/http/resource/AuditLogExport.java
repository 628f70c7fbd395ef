package io.accesstokens.http.resource;

import io.accesstokens.http.input.AuditLogFormat;
import io.accesstokens.http.response.AuditLogResponse;
import io.accesstokens.http.response.Csv;
import io.accesstokens.http.response.ResponseMemory;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.http.response.UserAuditLogResponse;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.usage.TokenReports;
import io.accesstokens.transparency.ocsf.OcsfEvents;
import io.accesstokens.verify.EntityRef;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A complete audit log as a response body. The writer reads the events from the store while it
 * sends them. The memory use therefore does not depend on the number of events.
 *
 * @param kind the kind of the tokens
 * @param groupNames a function that returns the display names of the given groups
 */
public record AuditLogExport(
    AuditLogFormat format,
    AuditLogFilter.Kind kind,
    TokenReports.Events events,
    Function<Set<EntityRef>, Map<EntityRef, String>> groupNames) {

  /**
   * The name of the request property that is set if an export fails while its body is written, for
   * a reason other than an {@link IOException}. Some bytes may have been sent.
   */
  public static final String INCOMPLETE_RESPONSE = "io.accesstokens.http.incompleteResponse";

  /**
   * Placeholder for the name of the column with the token's owner. The name depends on the kind of
   * the tokens.
   */
  private static final String OWNER = "";

  private static final List<String> COLUMNS =
      List.of(
          "id",
          "occurredAt",
          "event",
          "actor",
          "tokenId",
          "tokenName",
          "tokenPrefix",
          OWNER,
          AuditEvent.REASON,
          AuditEvent.SOURCE,
          AuditEvent.CHANGE,
          AuditEvent.FIELDS,
          AuditEvent.GRACE_SECONDS,
          AuditEvent.PREVIOUS_PREFIX,
          AuditEvent.PREVIOUS_EXPIRES_AT,
          AuditEvent.RETRY,
          AuditEvent.BY,
          "usedTokenPrefix",
          AuditEvent.ADDRESS,
          AuditEvent.REPLACED_PREFIX,
          AuditEvent.END_ON_FIRST_USE,
          "logIndex",
          AuditEvent.REASON_SALT,
          AuditEvent.JWT_ID,
          AuditEvent.SCOPE);

  /**
   * Returns the name of the exported file. The name contains the last day (UTC) that the filter
   * allows. If the filter has a start, the name also contains the first day.
   *
   * @param now the current time, for an export whose filter has no end
   */
  static String fileName(AuditLogFilter filter, AuditLogFormat format, Instant now) {
    String kind =
        switch (filter.kind()) {
          case SERVICE -> "audit";
          case PERSONAL -> "audit-personal";
        };
    Instant last = filter.before().map(before -> before.minusMillis(1)).orElse(now);
    String days =
        filter
                .from()
                .map(from -> from.isAfter(last) ? last : from)
                .map(from -> day(from) + "-to-")
                .orElse("until-")
            + day(last);
    return kind + '-' + days + '.' + format.extension();
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  private void writeTo(OutputStream body, Jsonb jsonb) throws IOException {
    BufferedWriter to = new BufferedWriter(new OutputStreamWriter(body, StandardCharsets.UTF_8));
    if (format == AuditLogFormat.CSV) {
      String owner = kind == AuditLogFilter.Kind.SERVICE ? "groupEntityRef" : "userEntityRef";
      List<String> columns = new ArrayList<>(COLUMNS);
      columns.replaceAll(column -> column.equals(OWNER) ? owner : column);
      Csv.line(to, columns);
    }
    Map<EntityRef, Optional<String>> names = new HashMap<>();
    try {
      events.forEach(entry -> write(entry, to, jsonb, names));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    to.flush();
  }

  private void write(
      AuditLogEntry entry, BufferedWriter to, Jsonb jsonb, Map<EntityRef, Optional<String>> names) {
    try {
      switch (format) {
        case CSV -> writeCsv(entry, to);
        case NDJSON -> to.append(jsonb.toJson(json(entry, names))).append('\n');
        case OCSF -> to.append(OcsfEvents.of(entry, kind).toString()).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Object json(AuditLogEntry entry, Map<EntityRef, Optional<String>> names) {
    return switch (kind) {
      case SERVICE -> AuditLogResponse.Event.of(entry, nameOf(entry.owner(), names));
      case PERSONAL -> UserAuditLogResponse.Event.of(entry);
    };
  }

  private @Nullable String nameOf(
      @Nullable EntityRef group, Map<EntityRef, Optional<String>> names) {
    return group == null
        ? null
        : names
            .computeIfAbsent(
                group, ref -> Optional.ofNullable(groupNames.apply(Set.of(ref)).get(ref)))
            .orElse(null);
  }

  private static void writeCsv(AuditLogEntry entry, BufferedWriter to) throws IOException {
    AuditEvent event = entry.event();
    EntityRef owner = entry.owner();
    Map<String, String> metadata = event.metadata();
    Csv.line(
        to,
        event.id().toString(),
        ServiceTokenResponses.text(event.occurredAt()),
        event.type().text(),
        event.actor(),
        event.tokenId().toString(),
        entry.tokenName(),
        entry.tokenPrefix(),
        owner == null ? null : owner.toString(),
        metadata.get(AuditEvent.REASON),
        metadata.get(AuditEvent.SOURCE),
        metadata.get(AuditEvent.CHANGE),
        metadata.get(AuditEvent.FIELDS),
        metadata.get(AuditEvent.GRACE_SECONDS),
        metadata.get(AuditEvent.PREVIOUS_PREFIX),
        metadata.get(AuditEvent.PREVIOUS_EXPIRES_AT),
        metadata.get(AuditEvent.RETRY),
        metadata.get(AuditEvent.BY),
        metadata.get(AuditEvent.TOKEN_PREFIX), // of the secret, not of the token
        metadata.get(AuditEvent.ADDRESS),
        metadata.get(AuditEvent.REPLACED_PREFIX),
        metadata.get(AuditEvent.END_ON_FIRST_USE),
        event.logIndex() == null ? null : Long.toString(event.logIndex()),
        metadata.get(AuditEvent.REASON_SALT),
        metadata.get(AuditEvent.JWT_ID),
        metadata.get(AuditEvent.SCOPE));
  }

  /** Writes an {@link AuditLogExport} to the body of a response. */
  public static final class Writer implements MessageBodyWriter<AuditLogExport> {

    private final Jsonb jsonb = JsonbBuilder.create();

    @Override
    public boolean isWriteable(
        Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
      return type == AuditLogExport.class;
    }

    @Override
    public void writeTo(
        AuditLogExport export,
        Class<?> type,
        Type genericType,
        Annotation[] annotations,
        MediaType mediaType,
        MultivaluedMap<String, Object> httpHeaders,
        OutputStream body)
        throws IOException {
      export.writeTo(body, jsonb);
    }
  }

  /**
   * Limits the number of exports that are being sent. Sets {@link #INCOMPLETE_RESPONSE} on the
   * request if an export fails.
   */
  public static final class ExportInterceptor implements WriterInterceptor {

    private static final Logger LOG = System.getLogger(AuditLogExport.class.getName());

    private final ResponseMemory memory;

    @Context @Nullable SecurityContext security;

    public ExportInterceptor(ResponseMemory memory) {
      this.memory = memory;
    }

    @Override
    public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
      if (!(context.getEntity() instanceof AuditLogExport)) {
        context.proceed();
        return;
      }
      ResponseMemory.Reservation reserved = memory.reserve(security, ResponseMemory.EXPORT_BYTES);
      try {
        send(context);
      } finally {
        reserved.close();
      }
    }

    private static void send(WriterInterceptorContext context) throws IOException {
      try {
        context.proceed();
      } catch (RuntimeException | Error e) {
        // An IOException is not caught, because it means that the client has closed the connection.
        LOG.log(
            Level.WARNING,
            "an export of the audit log failed before its end: {0}",
            String.valueOf(e.getMessage()));
        context.setProperty(INCOMPLETE_RESPONSE, true);
        throw e;
      }
    }
  }
}
