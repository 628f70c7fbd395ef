package io.accesstokens.store.entity;

import io.accesstokens.session.Session;
import io.accesstokens.session.Session.LoginMethod;
import io.accesstokens.session.Session.SignIn;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code access_token_sessions}. A row is inserted and read as a whole. An update
 * statement names the columns that it changes.
 */
@Entity(name = "SessionEntity")
@Table(name = "access_token_sessions")
// Hibernate sets the fields; see AccessTokenEntity.
@SuppressWarnings("NullAway.Init")
public class SessionEntity {

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "key_hash")
  private byte[] keyHash;

  /**
   * Digest of the session key that the latest renewal replaced; null if the key was not renewed.
   */
  @Column(name = "former_key_hash")
  private byte @Nullable [] formerKeyHash;

  @Column(name = "user_entity_ref")
  private String user;

  @Column(name = "display_name")
  private String displayName;

  @Column(name = "way")
  private String loginMethod;

  @Column(name = "username")
  private String username;

  @Column(name = "standing")
  private String accountStatus;

  @Column(name = "roles")
  private String roles;

  @Column(name = "group_entity_refs")
  private String groups;

  @Column(name = "loopback_only")
  private boolean loopbackOnly;

  @Column(name = "sealed_id_token")
  private @Nullable String sealedIdToken;

  @Column(name = "client")
  private @Nullable String client;

  @Column(name = "sign_in_address")
  private @Nullable String signInAddress;

  @Column(name = "created_at")
  @Convert(converter = InstantConverter.class)
  private Instant createdAt;

  /** Time at which the user last proved their identity; null if an older version wrote the row. */
  @Column(name = "signed_in_at")
  @Convert(converter = InstantConverter.class)
  private @Nullable Instant signedInAt;

  @Column(name = "last_seen_at")
  @Convert(converter = InstantConverter.class)
  private Instant lastSeenAt;

  @Column(name = "last_seen_address")
  private @Nullable String lastSeenAddress;

  @Column(name = "expires_at")
  @Convert(converter = InstantConverter.class)
  private Instant expiresAt;

  public SessionEntity() {}

  public SessionEntity(TokenDigest key, Session session) {
    SignIn signIn = session.signIn();
    id = session.id().toString();
    keyHash = key.bytes();
    user = signIn.user().toString();
    displayName = signIn.displayName();
    loginMethod = column(signIn.loginMethod());
    username = signIn.username();
    accountStatus = signIn.accountStatus();
    roles = roles(signIn);
    groups = groups(signIn);
    loopbackOnly = signIn.loopbackOnly();
    sealedIdToken = signIn.sealedIdToken();
    client = session.device().name();
    signInAddress = session.device().address();
    createdAt = session.createdAt();
    signedInAt = session.signedInAt();
    lastSeenAt = session.lastSeen().at();
    lastSeenAddress = session.lastSeen().address();
    expiresAt = session.expiresAt();
  }

  public static String column(LoginMethod method) {
    return method.name().toLowerCase(Locale.ROOT);
  }

  public static String roles(SignIn signIn) {
    return JsonText.ofList(List.copyOf(signIn.roles()));
  }

  public static String groups(SignIn signIn) {
    return JsonText.ofList(signIn.groups().stream().map(EntityRef::toString).toList());
  }

  public Session session() {
    return new Session(
        UUID.fromString(id),
        new SignIn(
            ref(EntityRef.parseUser(user)),
            displayName,
            LoginMethod.valueOf(loginMethod.toUpperCase(Locale.ROOT)),
            username,
            accountStatus,
            Set.copyOf(JsonText.list(roles)),
            JsonText.list(groups).stream()
                .map(group -> ref(EntityRef.parseGroup(group)))
                .collect(Collectors.toSet()),
            loopbackOnly,
            sealedIdToken),
        new Session.Device(client, signInAddress),
        createdAt,
        signedInAt == null ? createdAt : signedInAt,
        new Session.Activity(lastSeenAt, lastSeenAddress),
        expiresAt);
  }

  private static EntityRef ref(Optional<EntityRef> canonical) {
    return canonical.orElseThrow(() -> new IllegalStateException("a row holds an invalid ref"));
  }
}
