package io.accesstokens.app;

import io.accesstokens.app.metrics.EventMetrics;
import io.accesstokens.auth.MissingPermission;
import io.accesstokens.auth.MissingPermissionListener;
import io.accesstokens.http.caller.Callers;
import io.accesstokens.http.problem.TraceContext;
import io.accesstokens.jwt.JwtListener;
import io.accesstokens.login.SignInListener;
import io.accesstokens.session.Session;
import io.accesstokens.token.Actor;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.IpAddress;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.spi.JsonProvider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes audit events as lines of JSON to the logger {@value #LOGGER}.
 *
 * <p>Every line has the members {@code event} and {@code occurredAt}. A line has each of the
 * following members if its value is known:
 *
 * <ul>
 *   <li>{@code actor} and {@code clientAddress}
 *   <li>{@code tokenId}: for the event {@code denied} the service token that the actor used, and
 *       for other events the token that the event is about
 *   <li>{@code traceId}, the id of the request that caused the event, see {@link TraceContext}
 *   <li>{@code eventId} and {@code metadata}, for events of the audit log in the store
 *   <li>{@code personalTokenId}, if the actor used a personal token
 *   <li>{@code route}, the template of the route, for the event {@code audit-log-read}
 *   <li>{@code permission} and {@code rule}, for the event {@code denied}
 *   <li>{@code reason}, for the events {@code refused}, {@code jwt-refused}, {@code sign-in-failed}
 *       and {@code rate-limited}
 *   <li>{@code username}, for the event {@code sign-in-failed}
 *   <li>{@code way}, the login method, for the events {@code signed-in} and {@code signed-in-again}
 *   <li>{@code sessions}, for the event {@code signed-out}: the sessions that the sign-out has
 *       ended ({@code this}, {@code another}, {@code others} or {@code all})
 *   <li>{@code everywhere}, for the event {@code signed-out}: true if {@code sessions} is {@code
 *       all}
 *   <li>{@code user}, for the event {@code sessions-ended}
 * </ul>
 *
 * <p>A line never contains a secret or unchecked text from a caller. The members {@code actor},
 * {@code permission} and {@code username} are cut to {@value #MAX_TEXT_LENGTH} characters.
 *
 * <p>Each change, sign-in, sign-out and end of sessions has its own line. Callers can cause the
 * other events at any rate. {@link EventThrottle} limits the number of lines for these other
 * events:
 *
 * <ul>
 *   <li>For anonymous callers, one event per client address, reason and minute has its own line.
 *   <li>For a known token or user, up to {@value #KNOWN_LINES} events a minute have their own
 *       lines. Events with another reason, permission or route are counted separately.
 *   <li>All further events are only counted. One line reports the counted events after the minute
 *       has ended, or when the application ends. The line has the members {@code count}, {@code
 *       since} (first event) and {@code occurredAt} (last event). A line about several addresses,
 *       users or tokens names none of them. Instead, its member {@code others} contains the name of
 *       the omitted member, for example {@code clientAddress}.
 * </ul>
 */
public final class AuditLogger
    implements AuditListener,
        VerificationListener,
        SignInListener,
        JwtListener,
        MissingPermissionListener,
        AutoCloseable {

  /** Name of the logger that receives the audit events. */
  public static final String LOGGER = "audit";

  /** Events that are only logged, and are not in the audit log of the store. */
  enum Event {
    AUDIT_LOG_READ,
    DENIED,
    JWT_REFUSED,
    RATE_LIMITED,
    REFUSED,
    SESSIONS_ENDED,
    SIGN_IN_FAILED,
    SIGNED_IN,
    SIGNED_IN_AGAIN,
    SIGNED_OUT;

    /** Returns the value of the JSON member {@code event} for this event. */
    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Interval between two calls of {@link #reportEnded}, in seconds. */
  public static final int REPORT_SECONDS = 5;

  /**
   * Maximum number of lines in a minute for one known token or user. Lines with another event,
   * reason, permission or route are counted separately.
   */
  static final int KNOWN_LINES = 60;

  /**
   * Maximum number of client addresses whose anonymous events are counted separately in a minute,
   * for one event and reason.
   */
  static final int MAX_ADDRESSES = 200;

  /**
   * Maximum number of known tokens and users that are counted separately in a minute. Each
   * combination of an {@link Event} and a reason, permission or route has its own maximum.
   */
  static final int MAX_KNOWN = 10_000;

  private static final int MAX_TEXT_LENGTH = 256;

  private static final String REASON = "reason";
  private static final String PERMISSION = "permission";
  private static final String ROUTE = "route";
  private static final String ADDRESS = "clientAddress";
  private static final String ACTOR = "actor";
  private static final String TOKEN = "tokenId";

  /**
   * Replacement for the name of a scope that is not a permission of this service. These names are
   * not counted separately, because callers can choose any name.
   */
  private static final String OTHER_SCOPE = "scope";

  private static final Logger LOG = System.getLogger(LOGGER);

  /**
   * The JSON provider. The provider is a constant, because each call of {@code
   * Json.createObjectBuilder} searches the class path.
   */
  private static final JsonProvider JSON = JsonProvider.provider();

  private final PermissionPolicy policy;
  private final Clock clock;
  private final EventMetrics metrics;
  private final EventThrottle anonymous;
  private final EventThrottle known;

  /**
   * Creates an audit logger.
   *
   * @param policy provides the rule that denies a request
   * @param metrics counts sign-ins, denied requests, refused JWTs, and requests above two limits
   *     ({@code FAILED_SIGN_INS} and {@code TOKEN_REQUESTS}); includes events without a separate
   *     line
   */
  public AuditLogger(PermissionPolicy policy, Clock clock, EventMetrics metrics) {
    this.policy = policy;
    this.clock = clock;
    this.metrics = metrics;
    this.anonymous = new EventThrottle(clock, 1, MAX_ADDRESSES, AuditLogger::write);
    this.known = new EventThrottle(clock, KNOWN_LINES, MAX_KNOWN, AuditLogger::write);
  }

  /**
   * Writes summaries of the counted events for each minute that has ended and was not reported yet.
   */
  public void reportEnded() {
    anonymous.reportEnded();
    known.reportEnded();
  }

  /** Writes summaries of all counted events that were not reported yet. */
  @Override
  public void close() {
    anonymous.close();
    known.close();
  }

  @Override
  public void recorded(AuditEvent event, Actor actor) {
    writeBy(actor, line(event));
  }

  @Override
  public void recordedBySystem(AuditEvent event) {
    write(line(event), event.metadata().get(AuditEvent.ADDRESS));
  }

  /** Logs an event that a command has already written to the audit log in the store. */
  public static void recorded(AuditEvent event) {
    write(line(event), null);
  }

  private static JsonObjectBuilder line(AuditEvent event) {
    JsonObjectBuilder metadata = JSON.createObjectBuilder();
    event.metadata().forEach(metadata::add);
    return JSON.createObjectBuilder()
        .add("event", event.type().text())
        .add("occurredAt", event.occurredAt().toString())
        .add("eventId", event.id().toString())
        .add(TOKEN, event.tokenId().toString())
        .add(ACTOR, bounded(event.actor()))
        .add("metadata", metadata);
  }

  @Override
  public void denied(Actor actor, String permission, String rule) {
    metrics.denied(permission);
    String kind = Permissions.ALL.contains(permission) ? permission : OTHER_SCOPE;
    if (tryAcquireKnown(Event.DENIED, PERMISSION, kind, ACTOR, actor.getName())) {
      JsonObjectBuilder line =
          line(Event.DENIED)
              .add(ACTOR, bounded(actor.getName()))
              .add(PERMISSION, bounded(permission))
              .add("rule", rule);
      if (actor instanceof Actor.Token token) {
        line.add(TOKEN, token.verified().tokenId().toString());
      }
      writeBy(actor, line);
    }
  }

  @Override
  public void permissionMissing(MissingPermission missing) {
    missing.missing().stream()
        .findFirst()
        .ifPresent(
            permission -> {
              Actor actor = Callers.actor(missing.caller());
              denied(actor, permission, policy.decide(actor, permission).rule());
            });
  }

  /** Logs nothing, because accepted uses are too frequent. */
  @Override
  public void accepted(Verification.Accepted accepted, ClientInfo client) {}

  @Override
  public void refused(Verification.Refused refused, ClientInfo client) {
    String reason = text(refused.reason());
    if (refused.tokenId().isEmpty()) {
      writeAnonymous(Event.REFUSED, reason, client.address());
      return;
    }
    String id = refused.tokenId().get().toString();
    if (tryAcquireKnown(Event.REFUSED, REASON, reason, TOKEN, id)) {
      write(line(Event.REFUSED).add(REASON, reason).add(TOKEN, id), client.address());
    }
  }

  /**
   * Counts a request that exceeds the rate limit of its token. Logs nothing, because a token can
   * cause very many requests of this kind.
   */
  @Override
  public void rateExceeded(Verification.Accepted accepted, ClientInfo client) {
    metrics.limited(EventMetrics.Limit.TOKEN_REQUESTS);
  }

  /** Logs that a client gets the status 429 because of too many unknown tokens. */
  public void unknownTokensLimited(@Nullable String clientAddress) {
    writeAnonymous(Event.RATE_LIMITED, "unknown_tokens", clientAddress);
  }

  /** Logs that a client gets the status 429 because of too many wrong signatures. */
  public void signaturesLimited(@Nullable String clientAddress) {
    writeAnonymous(Event.RATE_LIMITED, "wrong_signatures", clientAddress);
  }

  @Override
  public void failed(
      Session.LoginMethod method,
      SignInListener.Reason reason,
      @Nullable String username,
      @Nullable String clientAddress) {
    metrics.failed(method, reason);
    if (username == null) {
      writeAnonymous(Event.SIGN_IN_FAILED, text(reason), clientAddress);
    } else if (tryAcquireKnown(Event.SIGN_IN_FAILED, REASON, text(reason), "username", username)) {
      write(
          line(Event.SIGN_IN_FAILED).add(REASON, text(reason)).add("username", bounded(username)),
          clientAddress);
    }
  }

  @Override
  public void limited(@Nullable String clientAddress) {
    metrics.limited(EventMetrics.Limit.FAILED_SIGN_INS);
  }

  @Override
  public void refused(JwtListener.Reason reason, @Nullable String clientAddress) {
    metrics.refused(reason);
    writeAnonymous(Event.JWT_REFUSED, text(reason), clientAddress);
  }

  @Override
  public void signedIn(EntityRef user, Session.LoginMethod method, @Nullable String clientAddress) {
    metrics.signedIn(method);
    write(
        line(Event.SIGNED_IN).add(ACTOR, user.toString()).add("way", text(method)), clientAddress);
  }

  @Override
  public void signedInAgain(
      EntityRef user, Session.LoginMethod method, @Nullable String clientAddress) {
    metrics.signedIn(method);
    write(
        line(Event.SIGNED_IN_AGAIN).add(ACTOR, user.toString()).add("way", text(method)),
        clientAddress);
  }

  @Override
  public void signedOut(EntityRef user, SignOut sessions, @Nullable String clientAddress) {
    write(
        line(Event.SIGNED_OUT)
            .add(ACTOR, user.toString())
            .add("everywhere", sessions == SignOut.ALL)
            .add("sessions", text(sessions)),
        clientAddress);
  }

  /**
   * Logs that an actor reads or exports audit events.
   *
   * @param route the template of the route
   * @param tokenId the id of the token if all events are about one token; otherwise null
   */
  public void auditLogRead(Actor actor, String route, @Nullable UUID tokenId) {
    String name = actor.getName();
    // The token is a part of the source, so that many reads of one token do not hide reads of
    // another token.
    boolean written =
        tokenId == null
            ? tryAcquireKnown(Event.AUDIT_LOG_READ, ROUTE, route, ACTOR, name)
            : tryAcquireKnown(Event.AUDIT_LOG_READ, ROUTE, route, TOKEN, tokenId + " " + name);
    if (written) {
      JsonObjectBuilder line =
          line(Event.AUDIT_LOG_READ).add(ACTOR, bounded(name)).add(ROUTE, route);
      if (tokenId != null) {
        line.add(TOKEN, tokenId.toString());
      }
      writeBy(actor, line);
    }
  }

  /** Logs that an administrator has ended the sessions of a user. */
  public void sessionsEnded(EntityRef user, Actor actor) {
    writeBy(
        actor,
        line(Event.SESSIONS_ENDED)
            .add(ACTOR, bounded(actor.getName()))
            .add("user", user.toString()));
  }

  private static void writeBy(Actor actor, JsonObjectBuilder line) {
    if (actor instanceof Actor.Delegate delegate) {
      line.add("personalTokenId", delegate.verified().tokenId().toString());
    }
    write(line, actor.clientAddress());
  }

  private JsonObjectBuilder line(Event event) {
    return JSON.createObjectBuilder()
        .add("event", event.text())
        .add("occurredAt", instant(clock.instant()));
  }

  private void writeAnonymous(Event event, String reason, @Nullable String clientAddress) {
    EventThrottle.Kind kind = new EventThrottle.Kind(event.text(), REASON, reason, ADDRESS);
    if (anonymous.tryAcquire(kind, IpAddress.networkOf(clientAddress))) {
      write(line(event).add(REASON, reason), clientAddress);
    }
  }

  private boolean tryAcquireKnown(
      Event event, String detail, String value, String subject, String name) {
    return known.tryAcquire(new EventThrottle.Kind(event.text(), detail, value, subject), name);
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Cuts a text to {@value #MAX_TEXT_LENGTH} characters, and appends an ellipsis if characters were
   * removed. Special characters remain, because the JSON writer escapes them.
   */
  private static String bounded(String text) {
    return text.length() <= MAX_TEXT_LENGTH ? text : text.substring(0, MAX_TEXT_LENGTH) + "…";
  }

  private static void write(JsonObjectBuilder line, @Nullable String clientAddress) {
    if (clientAddress != null) {
      line.add(ADDRESS, clientAddress);
    }
    String traceId = TraceContext.currentId();
    if (traceId != null) {
      line.add("traceId", traceId);
    }
    LOG.log(Level.INFO, line.build().toString());
  }

  private static void write(EventThrottle.Summary summary) {
    EventThrottle.Kind kind = summary.kind();
    JsonObjectBuilder line =
        JSON.createObjectBuilder()
            .add("event", kind.event())
            .add("occurredAt", instant(summary.last()))
            .add(kind.detail(), kind.value())
            .add("count", summary.count())
            .add("since", instant(summary.first()));
    String source = summary.source();
    if (source == null) {
      line.add("others", kind.source());
    } else if (!source.isEmpty()) {
      boolean network = kind.source().equals(ADDRESS) && source.indexOf(':') >= 0;
      // The source of a read is a token and its reader.
      int space = kind.source().equals(TOKEN) ? source.indexOf(' ') : -1;
      if (space >= 0) {
        line.add(ACTOR, bounded(source.substring(space + 1)));
        source = source.substring(0, space);
      }
      line.add(kind.source(), network ? source + "/64" : bounded(source));
    }
    LOG.log(Level.INFO, line.build().toString());
  }

  private static String instant(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
