package io.accesstokens.it;

import io.accesstokens.testing.server.RunningApplication;
import java.util.List;
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

  /**
   * Setting for wrong passwords per user and minute. The topics exceed the default, which {@link
   * RateLimitsIT} tests instead.
   */
  static final String FAILED_SIGN_INS = "ACCESSTOKENS_RATELIMITS_FAILEDSIGNINSPERMINUTE";

  /** Setting for the changes of personal tokens per user and minute, raised for the same reason. */
  static final String PERSONAL_WRITES = "ACCESSTOKENS_RATELIMITS_PERSONALTOKENCHANGESPERMINUTE";

  /** Setting for the number of personal tokens per user, raised for the same reason. */
  static final String PERSONAL_TOKENS = "ACCESSTOKENS_PERSONAL_MAXLIVETOKENS";

  /** Setting for self-rotation, for {@link SelfRotationTopic}. */
  static final String SELF_ROTATION = "ACCESSTOKENS_SERVICE_ROTATION_SELF";

  /** Setting for origins whose pages may call the API, for {@link CorsTopic}. */
  static final String ALLOWED_ORIGINS = "ACCESSTOKENS_CORS_ALLOWEDORIGINS";

  static final String MANY = "10000";

  private static final int LAST = Integer.MAX_VALUE;

  private RunningApplication running;

  /** Returns the running application. */
  final RunningApplication running() {
    return running;
  }

  /** Starts the application and its dependencies. */
  abstract RunningApplication start() throws Exception;

  /** Returns the current content of the store; empty if it stores nothing outside the process. */
  abstract List<byte[]> stored() throws Exception;

  @BeforeAll
  void startApplication() throws Exception {
    running = start();
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
  class ListParameters extends ListParametersTopic {
    ListParameters() {
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
