package io.accesstokens.token.audit;

import io.accesstokens.token.Actor;
import io.accesstokens.verify.limit.LogLimit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * Passes calls to another listener, and logs its exceptions, at most once per second. Without this
 * class, an exception after a commit could lose the only copy of a new secret. An exception could
 * also end the wait for a revocation before the revocation is final.
 */
public final class SafeAuditListener implements AuditListener {

  private static final Logger LOG = System.getLogger(AuditListener.class.getName());

  private final AuditListener listener;
  private final LogLimit failures = new LogLimit(1);

  private SafeAuditListener(AuditListener listener) {
    this.listener = listener;
  }

  /** Returns a listener that throws nothing. */
  public static AuditListener of(AuditListener listener) {
    return listener instanceof SafeAuditListener ? listener : new SafeAuditListener(listener);
  }

  @Override
  public void recorded(AuditEvent event, Actor actor) {
    report(target -> target.recorded(event, actor));
  }

  @Override
  public void recordedBySystem(AuditEvent event) {
    report(target -> target.recordedBySystem(event));
  }

  @Override
  public void denied(Actor actor, String permission, String rule) {
    report(target -> target.denied(actor, permission, rule));
  }

  private void report(Consumer<AuditListener> call) {
    try {
      call.accept(listener);
    } catch (RuntimeException | Error e) {
      logFailure(e);
    }
  }

  private void logFailure(Throwable failure) {
    try {
      if (failures.admit().isPresent()) {
        LOG.log(
            Level.ERROR,
            "an audit listener failed; responses and stored audit events are unchanged",
            failure);
      }
    } catch (RuntimeException | Error e) {
      // A failure of the logger cannot be logged.
    }
  }
}
