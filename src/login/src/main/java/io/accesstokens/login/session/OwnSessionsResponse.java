package io.accesstokens.login.session;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.session.Session;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a user.
 *
 * @param sessions the sessions; the most recently used session is the first
 */
@JsonbPropertyOrder("sessions")
@Schema(
    name = "OwnSessionList",
    description = "The caller's sessions, the most recently seen first")
public record OwnSessionsResponse(List<OwnSession> sessions) implements ResponseBody {

  /**
   * A session of the user.
   *
   * @param id the id of the session. The only use of the id is to end the session
   * @param current true for the session of the request
   * @param client the browser and the operating system; null if not recognized
   * @param way the login method
   * @param address the client address at the sign-in; null if unknown
   * @param createdAt the time at which the session began
   * @param signedInAt the time at which the user last proved their identity, see {@link
   *     Session#signedInAt}
   * @param lastSeenAt the time of the last request, accurate to about a minute
   * @param lastSeenAddress the client address of the last request; null if unknown
   * @param expiresAt the time at which the session ends, even if the user continues to send
   *     requests
   */
  @JsonbNillable
  @JsonbPropertyOrder({
    "id",
    "current",
    "client",
    "way",
    "address",
    "createdAt",
    "signedInAt",
    "lastSeenAt",
    "lastSeenAddress",
    "expiresAt"
  })
  @Schema(name = "OwnSession", description = "A session of the caller")
  public record OwnSession(
      @Schema(format = "uuid", description = "Used to end the session; it is not the session key")
          String id,
      @Schema(description = "True if it is the session of this request") boolean current,
      @Schema(
              example = "Firefox on Linux",
              description = "Browser and system of the sign-in; null if not recognized")
          @Nullable String client,
      @Schema(allowableValues = {"password", "oidc"}) String way,
      @Schema(description = "Where the sign-in came from") @Nullable String address,
      @Schema(format = "date-time") String createdAt,
      @Schema(format = "date-time", description = "Time of the caller's last sign-in")
          String signedInAt,
      @Schema(
              format = "date-time",
              description = "Time of the last request, with a precision of one minute")
          String lastSeenAt,
      @Schema(description = "Where the last request came from") @Nullable String lastSeenAddress,
      @Schema(format = "date-time") String expiresAt) {

    private static final DateTimeFormatter MILLIS =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static OwnSession of(Session session, @Nullable UUID current) {
      return new OwnSession(
          session.id().toString(),
          session.id().equals(current),
          session.device().name(),
          loginMethodOf(session),
          session.device().address(),
          text(session.createdAt()),
          text(session.signedInAt()),
          text(session.lastSeen().at()),
          session.lastSeen().address(),
          text(session.expiresAt()));
    }

    static String loginMethodOf(Session session) {
      return session.signIn().loginMethod().name().toLowerCase(Locale.ROOT);
    }

    static String text(Instant instant) {
      return MILLIS.format(instant);
    }
  }

  static OwnSessionsResponse of(List<Session> sessions, @Nullable UUID current) {
    return new OwnSessionsResponse(
        sessions.stream().map(session -> OwnSession.of(session, current)).toList());
  }
}
