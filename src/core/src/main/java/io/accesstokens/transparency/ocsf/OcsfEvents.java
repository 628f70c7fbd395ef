package io.accesstokens.transparency.ocsf;

import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogEntry;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.IpAddress;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.spi.JsonProvider;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Converts audit events to OCSF events of version {@value #VERSION}. Thread-safe. */
public final class OcsfEvents {

  /** The version of the OCSF schema. */
  public static final String VERSION = "1.8.0";

  private static final int IDENTITY_AND_ACCESS_MANAGEMENT = 3;

  /** The values of {@code user.type_id}: this constant and the next three. */
  private static final int UNKNOWN = 0;

  private static final int USER = 1;
  private static final int SYSTEM = 3;
  private static final int SERVICE = 4;

  private static final int OTHER = 99;

  /**
   * The beginning of the subject of a service token. The subject ends with a colon and the name of
   * the token.
   */
  private static final String SERVICE_TOKEN = "service-token:";

  // The provider is looked up only once, because each look-up searches the class path.
  private static final JsonBuilderFactory JSON =
      JsonProvider.provider().createBuilderFactory(Map.of());

  private OcsfEvents() {}

  /** The classes of OCSF events. */
  private enum EventClass {
    AUTHENTICATION(3002, "Authentication"),
    ENTITY_MANAGEMENT(3004, "Entity Management");

    private final int uid;
    private final String caption;

    EventClass(int uid, String caption) {
      this.uid = uid;
      this.caption = caption;
    }
  }

  /** The class and the activity of an OCSF event. */
  private record Activity(EventClass type, int id, String caption) {

    static final Activity CREATE = new Activity(EventClass.ENTITY_MANAGEMENT, 1, "Create");
    static final Activity UPDATE = new Activity(EventClass.ENTITY_MANAGEMENT, 3, "Update");
    static final Activity MOVE = new Activity(EventClass.ENTITY_MANAGEMENT, 5, "Move");
    static final Activity DISABLE = new Activity(EventClass.ENTITY_MANAGEMENT, 9, "Disable");
    static final Activity LOGON = new Activity(EventClass.AUTHENTICATION, 1, "Logon");

    static Activity of(AuditEvent.Type type, Map<String, String> metadata) {
      return switch (type) {
        case CREATED, MINTED -> CREATE;
        case UPDATED, ROTATED, PREVIOUS_SECRET_ENDED -> UPDATE;
        case REVOKED -> DISABLE;
        case IMPORTED -> "revoked".equals(metadata.get(AuditEvent.CHANGE)) ? DISABLE : CREATE;
        case EXCHANGED, ENDED_SECRET_USED -> LOGON;
      };
    }
  }

  /**
   * The facts of an audit event. The texts come from the database and can be malformed.
   *
   * @param kind the {@link LogEntry#kind}
   */
  private record Facts(
      String id,
      String tokenId,
      String kind,
      @Nullable String owner,
      @Nullable String tokenName,
      String event,
      String actor,
      Map<String, String> metadata,
      Instant occurredAt,
      @Nullable Long logIndex) {

    boolean isPersonal() {
      return kind.equals(LogEntry.PERSONAL);
    }

    boolean isArchive() {
      return kind.equals(LogArchive.KIND) && event.equals(LogArchive.EVENT);
    }

    /** Returns the type of the token, or of the log, in the OCSF event. */
    String type() {
      return switch (kind) {
        case LogArchive.KIND -> "Audit Log";
        case LogEntry.PERSONAL -> "Personal Token";
        default -> "Service Token";
      };
    }
  }

  /**
   * Returns the OCSF event of an entry of the transparency log.
   *
   * @throws IllegalArgumentException if the time of the entry is malformed
   */
  public static JsonObject of(LogEntry entry) {
    Instant occurredAt;
    try {
      occurredAt = Instant.parse(entry.occurredAt());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("the entry " + entry.logIndex() + " has no valid time", e);
    }
    return of(
        new Facts(
            entry.id(),
            entry.tokenId(),
            entry.kind(),
            entry.owner(),
            null,
            entry.event(),
            entry.actor(),
            entry.metadata(),
            occurredAt,
            entry.logIndex()));
  }

  /**
   * Returns the OCSF event of an event in the audit log.
   *
   * @param kind the kind of the token of the event
   */
  public static JsonObject of(AuditLogEntry entry, AuditLogFilter.Kind kind) {
    AuditEvent event = entry.event();
    EntityRef owner = entry.owner();
    return of(
        new Facts(
            event.id().toString(),
            event.tokenId().toString(),
            kind == AuditLogFilter.Kind.PERSONAL ? LogEntry.PERSONAL : LogEntry.SERVICE,
            owner == null ? null : owner.toString(),
            entry.tokenName(),
            event.type().text(),
            event.actor(),
            event.metadata(),
            event.occurredAt(),
            event.logIndex()));
  }

  private static JsonObject of(Facts facts) {
    Optional<AuditEvent.Type> type =
        Arrays.stream(AuditEvent.Type.values())
            .filter(known -> known.text().equals(facts.event()))
            .findFirst();
    Activity activity =
        facts.isArchive()
            ? Activity.MOVE
            : type.map(known -> Activity.of(known, facts.metadata()))
                .orElseGet(() -> new Activity(EventClass.ENTITY_MANAGEMENT, OTHER, facts.event()));
    boolean failure = type.equals(Optional.of(AuditEvent.Type.ENDED_SECRET_USED));
    Map<String, String> unmapped = new TreeMap<>(facts.metadata());
    JsonObjectBuilder json =
        JSON.createObjectBuilder()
            .add("category_uid", IDENTITY_AND_ACCESS_MANAGEMENT)
            .add("category_name", "Identity & Access Management")
            .add("class_uid", activity.type().uid)
            .add("class_name", activity.type().caption)
            .add("activity_id", activity.id())
            .add("activity_name", activity.caption())
            .add("type_uid", activity.type().uid * 100 + activity.id())
            .add("type_name", activity.type().caption + ": " + activity.caption())
            .add("time", facts.occurredAt().toEpochMilli())
            .add("severity_id", failure ? 3 : 1)
            .add("severity", failure ? "Medium" : "Informational")
            .add("status_id", failure ? 2 : 1)
            .add("status", failure ? "Failure" : "Success")
            .add("message", facts.type() + ": " + facts.event())
            .add("metadata", metadata(facts))
            .add("actor", JSON.createObjectBuilder().add("user", principal(facts.actor())));
    String address = unmapped.get(AuditEvent.ADDRESS);
    if (address != null && IpAddress.parse(address).isPresent()) {
      unmapped.remove(AuditEvent.ADDRESS);
      json.add("src_endpoint", JSON.createObjectBuilder().add("ip", address));
    }
    switch (activity.type()) {
      case AUTHENTICATION -> addAuthentication(json, facts, failure);
      case ENTITY_MANAGEMENT -> {
        json.add("entity", entity(facts));
        String reason = unmapped.remove(AuditEvent.REASON);
        if (reason != null) {
          json.add("comment", reason);
        }
      }
    }
    if (!unmapped.isEmpty()) {
      JsonObjectBuilder rest = JSON.createObjectBuilder();
      unmapped.forEach(rest::add);
      json.add("unmapped", rest);
    }
    return json.build();
  }

  private static JsonObjectBuilder metadata(Facts facts) {
    JsonObjectBuilder metadata =
        JSON.createObjectBuilder()
            .add("version", VERSION)
            .add(
                "product",
                JSON.createObjectBuilder()
                    .add("name", "access-tokens")
                    .add("vendor_name", "access-tokens"))
            .add("uid", facts.id())
            .add("event_code", facts.event());
    Long logIndex = facts.logIndex();
    return logIndex == null ? metadata : metadata.add("sequence", logIndex);
  }

  private static JsonObjectBuilder entity(Facts facts) {
    JsonObjectBuilder entity = JSON.createObjectBuilder().add("uid", facts.tokenId());
    String name = facts.tokenName();
    if (name != null) {
      entity.add("name", name);
    }
    entity.add("type_id", OTHER).add("type", facts.type());
    String owner = facts.owner();
    return owner == null
        ? entity
        : entity.add("data", JSON.createObjectBuilder().add("owner", owner));
  }

  private static void addAuthentication(JsonObjectBuilder json, Facts facts, boolean failure) {
    json.add("user", authenticated(facts))
        .add("service", JSON.createObjectBuilder().add("name", "access-tokens"))
        .add("is_remote", true);
    if (failure) {
      json.add("status_detail", "The secret had ended.");
    } else {
      json.add("auth_protocol_id", 6).add("auth_protocol", "OAUTH 2.0");
    }
  }

  /**
   * Returns the user object of a token: the user of a personal token, or the service token itself.
   */
  private static JsonObjectBuilder authenticated(Facts facts) {
    String owner = facts.owner();
    JsonObjectBuilder user;
    if (facts.isPersonal()) {
      user = principal(owner == null ? facts.actor() : owner);
    } else {
      user = JSON.createObjectBuilder().add("uid", facts.tokenId());
      String name = facts.tokenName();
      if (name == null && facts.actor().startsWith(SERVICE_TOKEN)) {
        name = name(facts.actor());
      }
      if (name != null) {
        user.add("name", name);
      }
      user.add("type_id", SERVICE).add("type", "Service");
      if (owner != null) {
        user.add(
            "groups",
            JSON.createArrayBuilder()
                .add(JSON.createObjectBuilder().add("uid", owner).add("name", name(owner))));
      }
    }
    return user.add(
        "programmatic_credentials",
        JSON.createArrayBuilder()
            .add(JSON.createObjectBuilder().add("uid", facts.tokenId()).add("type", facts.type())));
  }

  /** Returns the user object for the ref of a user, or for another actor in the audit log. */
  private static JsonObjectBuilder principal(String ref) {
    JsonObjectBuilder user = JSON.createObjectBuilder().add("uid", ref).add("name", name(ref));
    if (ref.startsWith("user:")) {
      return user.add("type_id", USER).add("type", "User");
    }
    if (ref.startsWith(SERVICE_TOKEN)) {
      return user.add("type_id", SERVICE).add("type", "Service");
    }
    return ref.equals(AuditEvent.SYSTEM) || ref.startsWith("command:")
        ? user.add("type_id", SYSTEM).add("type", "System")
        : user.add("type_id", UNKNOWN).add("type", "Unknown");
  }

  /** Returns the name in a ref or in the subject of a service token: the last part of this text. */
  private static String name(String ref) {
    return ref.substring(ref.lastIndexOf(ref.startsWith(SERVICE_TOKEN) ? ':' : '/') + 1);
  }
}
