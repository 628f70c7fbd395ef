package io.accesstokens.it;

import io.accesstokens.testing.server.RunningApplication;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.TestInstance;

/** Runs all topics of the contract against one application. A subclass selects the store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
abstract class ServiceContract {

  private static final String MANY = "10000";

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          // The topics exceed the default limits, which RateLimitsIT tests instead.
          "ACCESSTOKENS_RATELIMITS_FAILEDSIGNINSPERMINUTE",
          MANY,
          "ACCESSTOKENS_RATELIMITS_SERVICETOKENCHANGESPERMINUTE",
          MANY,
          "ACCESSTOKENS_RATELIMITS_PERSONALTOKENCHANGESPERMINUTE",
          MANY,
          "ACCESSTOKENS_PERSONAL_MAXLIVETOKENS",
          MANY,
          "ACCESSTOKENS_CORS_ALLOWEDORIGINS",
          CorsTopic.FRONT_END,
          "ACCESSTOKENS_SERVICE_ROTATION_SELF",
          "renew",
          // The transparency log needs a key. An embedded database has one by default.
          "ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY",
          "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
          // Each revocation waits for the end of a lease, so this is the shortest allowed lease.
          "ACCESSTOKENS_CLUSTER_LEASEMILLIS",
          "100");

  private static final int LAST = Integer.MAX_VALUE;

  private static @Nullable RunningApplication running;

  /** Returns the application that the topics test. One contract at a time runs in a JVM. */
  static RunningApplication running() {
    return Objects.requireNonNull(running);
  }

  /**
   * Starts the application and its dependencies.
   *
   * @param environment the environment variables of the application
   */
  abstract RunningApplication start(Map<String, String> environment) throws Exception;

  /** Returns the current content of the store. */
  abstract List<byte[]> stored() throws Exception;

  @BeforeAll
  void startApplication() throws Exception {
    running = start(ENVIRONMENT);
  }

  @AfterAll
  void closeApplication() {
    running().close();
    running = null;
  }

  @Nested
  class CreateToken extends CreateTokenTopic {}

  @Nested
  class TokenFields extends TokenFieldsTopic {}

  @Nested
  class RequestBody extends RequestBodyTopic {}

  @Nested
  class ListTokens extends ListTokensTopic {}

  @Nested
  class UpdateToken extends UpdateTokenTopic {}

  @Nested
  class Rotation extends RotationTopic {}

  @Nested
  class GracePeriod extends GracePeriodTopic {}

  @Nested
  class Callers extends CallersTopic {}

  @Nested
  class PresentedSecret extends PresentedSecretTopic {}

  @Nested
  class RepeatedRotation extends RepeatedRotationTopic {}

  @Nested
  class SelfRotation extends SelfRotationTopic {}

  @Nested
  class PersonalRotation extends PersonalRotationTopic {}

  @Nested
  class TokenLimits extends TokenLimitsTopic {}

  @Nested
  class RevokeToken extends RevokeTokenTopic {}

  @Nested
  class Authentication extends AuthenticationTopic {}

  @Nested
  class Permissions extends PermissionsTopic {}

  @Nested
  class Protocol extends ProtocolTopic {}

  @Nested
  class WhoAmI extends WhoAmITopic {}

  @Nested
  class Usage extends UsageTopic {}

  @Nested
  class Accept extends AcceptTopic {}

  @Nested
  class OAuth extends OAuthTopic {}

  @Nested
  class Verify extends VerifyTopic {}

  @Nested
  class MalformedInput extends MalformedInputTopic {}

  @Nested
  class HostileRequests extends HostileRequestsTopic {}

  @Nested
  class Races extends RacesTopic {}

  @Nested
  class Errors extends ErrorsTopic {}

  @Nested
  class Session extends SessionTopic {}

  @Nested
  class OwnSessions extends OwnSessionsTopic {}

  @Nested
  class Cors extends CorsTopic {}

  @Nested
  class AuditLog extends AuditLogTopic {}

  @Nested
  class Reports extends ReportsTopic {}

  @Nested
  class TransparencyLog extends TransparencyLogTopic {}

  @Nested
  class RevokeMany extends RevokeManyTopic {}

  @Nested
  class AuditLogExport extends AuditLogExportTopic {}

  @Nested
  class PersonalTokens extends PersonalTokensTopic {}

  @Nested
  class PersonalIsolation extends PersonalIsolationTopic {}

  @Nested
  class PersonalBearer extends PersonalBearerTopic {}

  @Nested
  class Pages extends PagesTopic {}

  @Nested
  @Order(LAST)
  class Secrets extends SecretsTopic {
    @Override
    List<byte[]> stored() throws Exception {
      return ServiceContract.this.stored();
    }
  }
}
