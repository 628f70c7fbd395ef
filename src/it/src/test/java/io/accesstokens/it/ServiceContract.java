package io.accesstokens.it;

import io.accesstokens.testing.server.RunningApplication;
import java.util.List;
import java.util.Map;
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

  private RunningApplication running;

  /** Returns the running application. */
  final RunningApplication running() {
    return running;
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
    running.close();
  }

  @Nested
  class CreateToken extends CreateTokenTopic {
    CreateToken() {
      super(running);
    }
  }

  @Nested
  class TokenFields extends TokenFieldsTopic {
    TokenFields() {
      super(running);
    }
  }

  @Nested
  class RequestBody extends RequestBodyTopic {
    RequestBody() {
      super(running);
    }
  }

  @Nested
  class ListTokens extends ListTokensTopic {
    ListTokens() {
      super(running);
    }
  }

  @Nested
  class UpdateToken extends UpdateTokenTopic {
    UpdateToken() {
      super(running);
    }
  }

  @Nested
  class Rotation extends RotationTopic {
    Rotation() {
      super(running);
    }
  }

  @Nested
  class GracePeriod extends GracePeriodTopic {
    GracePeriod() {
      super(running);
    }
  }

  @Nested
  class Callers extends CallersTopic {
    Callers() {
      super(running);
    }
  }

  @Nested
  class PresentedSecret extends PresentedSecretTopic {
    PresentedSecret() {
      super(running);
    }
  }

  @Nested
  class RepeatedRotation extends RepeatedRotationTopic {
    RepeatedRotation() {
      super(running);
    }
  }

  @Nested
  class SelfRotation extends SelfRotationTopic {
    SelfRotation() {
      super(running);
    }
  }

  @Nested
  class PersonalRotation extends PersonalRotationTopic {
    PersonalRotation() {
      super(running);
    }
  }

  @Nested
  class TokenLimits extends TokenLimitsTopic {
    TokenLimits() {
      super(running);
    }
  }

  @Nested
  class RevokeToken extends RevokeTokenTopic {
    RevokeToken() {
      super(running);
    }
  }

  @Nested
  class Authentication extends AuthenticationTopic {
    Authentication() {
      super(running);
    }
  }

  @Nested
  class Permissions extends PermissionsTopic {
    Permissions() {
      super(running);
    }
  }

  @Nested
  class Protocol extends ProtocolTopic {
    Protocol() {
      super(running);
    }
  }

  @Nested
  class WhoAmI extends WhoAmITopic {
    WhoAmI() {
      super(running);
    }
  }

  @Nested
  class Usage extends UsageTopic {
    Usage() {
      super(running);
    }
  }

  @Nested
  class Accept extends AcceptTopic {
    Accept() {
      super(running);
    }
  }

  @Nested
  class OAuth extends OAuthTopic {
    OAuth() {
      super(running);
    }
  }

  @Nested
  class Verify extends VerifyTopic {
    Verify() {
      super(running);
    }
  }

  @Nested
  class MalformedInput extends MalformedInputTopic {
    MalformedInput() {
      super(running);
    }
  }

  @Nested
  class HostileRequests extends HostileRequestsTopic {
    HostileRequests() {
      super(running);
    }
  }

  @Nested
  class Races extends RacesTopic {
    Races() {
      super(running);
    }
  }

  @Nested
  class Errors extends ErrorsTopic {
    Errors() {
      super(running);
    }
  }

  @Nested
  class Session extends SessionTopic {
    Session() {
      super(running);
    }
  }

  @Nested
  class OwnSessions extends OwnSessionsTopic {
    OwnSessions() {
      super(running);
    }
  }

  @Nested
  class Cors extends CorsTopic {
    Cors() {
      super(running);
    }
  }

  @Nested
  class AuditLog extends AuditLogTopic {
    AuditLog() {
      super(running);
    }
  }

  @Nested
  class Reports extends ReportsTopic {
    Reports() {
      super(running);
    }
  }

  @Nested
  class TransparencyLog extends TransparencyLogTopic {
    TransparencyLog() {
      super(running);
    }
  }

  @Nested
  class RevokeMany extends RevokeManyTopic {
    RevokeMany() {
      super(running);
    }
  }

  @Nested
  class ExportAudit extends ExportAuditTopic {
    ExportAudit() {
      super(running);
    }
  }

  @Nested
  class PersonalTokens extends PersonalTokensTopic {
    PersonalTokens() {
      super(running);
    }
  }

  @Nested
  class PersonalIsolation extends PersonalIsolationTopic {
    PersonalIsolation() {
      super(running);
    }
  }

  @Nested
  class PersonalBearer extends PersonalBearerTopic {
    PersonalBearer() {
      super(running);
    }
  }

  @Nested
  class Pages extends PagesTopic {
    Pages() {
      super(running);
    }
  }

  @Nested
  @Order(LAST)
  class Secrets extends SecretsTopic {
    Secrets() {
      super(running, ServiceContract.this::stored);
    }
  }
}
