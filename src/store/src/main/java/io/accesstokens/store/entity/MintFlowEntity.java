package io.accesstokens.store.entity;

import io.accesstokens.mint.MintFlow;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code personal_token_mint_flows}. A row is inserted and read as a whole. An update
 * statement names the columns that it changes.
 */
@Entity(name = "MintFlowEntity")
@Table(name = "personal_token_mint_flows")
// Hibernate sets the fields; see AccessTokenEntity.
@SuppressWarnings("NullAway.Init")
public class MintFlowEntity {

  /**
   * The value of {@code session_id} in a flow without a session, because the column must not be
   * null. No session has this id. Therefore, in an earlier version of this service, no session can
   * continue the flow.
   */
  private static final UUID NO_SESSION = new UUID(0, 0);

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "user_entity_ref")
  private String user;

  @Column(name = "session_id")
  private String sessionId;

  @Column(name = "name")
  private String name;

  @Column(name = "scopes")
  private String scopes;

  @Column(name = "token_expires_at")
  @Convert(converter = InstantConverter.class)
  private Instant tokenExpiresAt;

  @Column(name = "origin")
  private @Nullable String origin;

  @Column(name = "state_hash")
  private byte[] stateHash;

  @Column(name = "code_challenge")
  private String codeChallenge;

  @Column(name = "stage")
  private String stage;

  @Column(name = "code_hash")
  private byte @Nullable [] codeHash;

  @Column(name = "created_at")
  @Convert(converter = InstantConverter.class)
  private Instant createdAt;

  @Column(name = "expires_at")
  @Convert(converter = InstantConverter.class)
  private Instant expiresAt;

  public MintFlowEntity() {}

  public MintFlowEntity(MintFlow flow) {
    id = flow.id().toString();
    user = flow.user().toString();
    sessionId = sessionColumn(flow.sessionId());
    name = flow.request().name();
    scopes = JsonText.ofList(flow.request().scopes());
    tokenExpiresAt = flow.request().expiresAt();
    origin = flow.origin() == null ? null : flow.origin().toString();
    stateHash = flow.state().bytes();
    codeChallenge = flow.codeChallenge();
    stage = column(flow.stage());
    codeHash = column(flow.code());
    createdAt = flow.createdAt();
    expiresAt = flow.expiresAt();
  }

  /** Returns the value of the column {@code stage} for a stage. */
  public static String column(MintFlow.Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the value of the column {@code session_id}.
   *
   * @param sessionId the id of the session; null if the flow has no session
   */
  public static String sessionColumn(@Nullable UUID sessionId) {
    return (sessionId == null ? NO_SESSION : sessionId).toString();
  }

  /**
   * Returns the value of the column {@code code_hash} for a code. Returns null if there is no code.
   */
  public static byte @Nullable [] column(@Nullable TokenDigest code) {
    return code == null ? null : code.bytes();
  }

  public MintFlow flow() {
    UUID session = UUID.fromString(sessionId);
    return new MintFlow(
        UUID.fromString(id),
        EntityRef.parseUser(user)
            .orElseThrow(() -> new IllegalStateException("a row holds an invalid user ref")),
        session.equals(NO_SESSION) ? null : session,
        new PersonalCreationPolicy.ValidatedRequest(name, JsonText.list(scopes), tokenExpiresAt),
        origin == null ? null : WebOrigin.parse(origin).orElse(null),
        TokenDigest.of(stateHash),
        codeChallenge,
        MintFlow.Stage.valueOf(stage.toUpperCase(Locale.ROOT)),
        codeHash == null ? null : TokenDigest.of(codeHash),
        createdAt,
        expiresAt);
  }
}
