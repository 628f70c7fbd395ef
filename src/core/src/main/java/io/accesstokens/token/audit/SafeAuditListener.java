package io.accesstokens.token.audit;

import io.accesstokens.token.Actor;
import io.accesstokens.verify.limit.LogLimit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Passes calls to another listener, and logs its exceptions. An exception after a commit would lose
 * the only copy of a new secret, or would end the wait until a revocation is final.
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
    try {
      listener.recorded(event, actor);
    } catch (RuntimeException | Error e) {
      logFailure(e);
    }
  }

  @Override
  public void recordedBySystem(AuditEvent event) {
    try {
      listener.recordedBySystem(event);
    } catch (RuntimeException | Error e) {
      logFailure(e);
    }
  }

  @Override
  public void denied(Actor actor, String permission, String rule) {
    try {
      listener.denied(actor, permission, rule);
    } catch (RuntimeException | Error e) {
      logFailure(e);
    }
  }

  private void logFailure(Throwable failure) {
    try {
      if (failures.admit().isPresent()) {
        LOG.log(Level.ERROR, "an audit listener failed, and the request continues", failure);
      }
    } catch (RuntimeException | Error e) {
      // There is no other place to report this.
    }
  }
}
