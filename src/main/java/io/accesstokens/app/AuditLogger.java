package io.accesstokens.app;

import io.accesstokens.auth.Denial;
import io.accesstokens.auth.DenialListener;
import io.accesstokens.http.Callers;
import io.accesstokens.jwt.JwtListener;
import io.accesstokens.login.SignInListener;
import io.accesstokens.session.Session;
import io.accesstokens.token.Actor;
import io.accesstokens.token.AuditEvent;
import io.accesstokens.token.AuditLog;
import io.accesstokens.token.LastUse;
import io.accesstokens.token.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes one line of JSON for each event to the logger {@value #LOGGER}, and has uses of tokens
 * counted.
 *
 * <p>Every line has {@code event} and {@code occurredAt}; the others where they are known: {@code
 * actor}, {@code clientAddress}, {@code tokenId}, {@code eventId} and {@code metadata} (of the
 * audit trail), {@code personalTokenId} (if the actor came by a personal token), {@code permission}
 * and {@code rule} (of {@code denied}), {@code reason} (of {@code refused}, {@code jwt-refused},
 * {@code sign-in-failed} and {@code rate-limited}), {@code username} (of {@code sign-in-failed}),
 * {@code way} (of {@code signed-in} and {@code signed-in-again}), {@code everywhere} and {@code
 * sessions} (of {@code signed-out}: {@code this}, {@code another}, {@code others}, {@code all}).
 * Never a secret, nor anything that a caller sent and nobody checked.
 */
public final class AuditLogger
    implements AuditLog, VerificationListener, SignInListener, JwtListener, DenialListener {

  /** The logger's name. */
  public static final String LOGGER = "audit";

  private static final Logger LOG = System.getLogger(LOGGER);

  private final LastUse lastUse;
  private final PermissionPolicy policy;
  private final Clock clock;

  /**
   * @param lastUse is told of all uses; accepted ones are too many to log
   * @param policy tells the rule by which a caller was kept from a route
   */
  public AuditLogger(LastUse lastUse, PermissionPolicy policy, Clock clock) {
    this.lastUse = lastUse;
    this.policy = policy;
    this.clock = clock;
  }

  @Override
  public void recorded(AuditEvent event, Actor actor) {
    JsonObjectBuilder line = line(event);
    if (actor instanceof Actor.Delegate delegate) {
      line.add("personalTokenId", delegate.verified().tokenId().toString());
    }
    write(line, actor.clientAddress());
  }

  /** A command has committed a change together with this event. */
  public static void recorded(AuditEvent event) {
    write(line(event), null);
  }

  private static JsonObjectBuilder line(AuditEvent event) {
    JsonObjectBuilder metadata = Json.createObjectBuilder();
    event.metadata().forEach(metadata::add);
    return Json.createObjectBuilder()
        .add("event", event.type().text())
        .add("occurredAt", event.occurredAt().toString())
        .add("eventId", event.id().toString())
        .add("tokenId", event.tokenId().toString())
        .add("actor", event.actor())
        .add("metadata", metadata);
  }

  @Override
  public void denied(Actor actor, String permission) {
    denied(actor, permission, policy.decide(actor, permission).rule());
  }

  @Override
  public void denied(Actor actor, String permission, String rule) {
    write(
        line("denied")
            .add("actor", actor.getName())
            .add("permission", permission)
            .add("rule", rule),
        actor.clientAddress());
  }

  @Override
  public void denied(Denial denial) {
    denial.missing().stream()
        .findFirst()
        .ifPresent(permission -> denied(Callers.actor(denial.caller()), permission));
  }

  @Override
  public void accepted(Verification.Accepted accepted, @Nullable String clientAddress) {
    lastUse.accepted(accepted, clientAddress);
  }

  @Override
  public void refused(Verification.Refused refused, @Nullable String clientAddress) {
    lastUse.refused(refused, clientAddress);
    JsonObjectBuilder line =
        line("refused").add("reason", refused.reason().name().toLowerCase(Locale.ROOT));
    refused.tokenId().ifPresent(id -> line.add("tokenId", id.toString()));
    write(line, clientAddress);
  }

  /** A client has tried so many unknown tokens that it is answered 429 from now on. */
  public void unknownTokensLimited(String clientAddress) {
    write(line("rate-limited").add("reason", "unknown_tokens"), clientAddress);
  }

  @Override
  public void failed(
      SignInListener.Reason reason, @Nullable String username, @Nullable String clientAddress) {
    JsonObjectBuilder line =
        line("sign-in-failed").add("reason", reason.name().toLowerCase(Locale.ROOT));
    if (username != null) {
      line.add("username", username);
    }
    write(line, clientAddress);
  }

  @Override
  public void refused(JwtListener.Reason reason, @Nullable String clientAddress) {
    write(line("jwt-refused").add("reason", reason.name().toLowerCase(Locale.ROOT)), clientAddress);
  }

  @Override
  public void signedIn(EntityRef user, Session.Way way, @Nullable String clientAddress) {
    write(
        line("signed-in")
            .add("actor", user.toString())
            .add("way", way.name().toLowerCase(Locale.ROOT)),
        clientAddress);
  }

  @Override
  public void signedInAgain(EntityRef user, Session.Way way, @Nullable String clientAddress) {
    write(
        line("signed-in-again")
            .add("actor", user.toString())
            .add("way", way.name().toLowerCase(Locale.ROOT)),
        clientAddress);
  }

  @Override
  public void signedOut(EntityRef user, SignOut sessions, @Nullable String clientAddress) {
    write(
        line("signed-out")
            .add("actor", user.toString())
            .add("everywhere", sessions == SignOut.ALL)
            .add("sessions", sessions.name().toLowerCase(Locale.ROOT)),
        clientAddress);
  }

  private JsonObjectBuilder line(String event) {
    return Json.createObjectBuilder()
        .add("event", event)
        .add("occurredAt", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private static void write(JsonObjectBuilder line, @Nullable String clientAddress) {
    if (clientAddress != null) {
      line.add("clientAddress", clientAddress);
    }
    LOG.log(Level.INFO, line.build().toString());
  }
}
