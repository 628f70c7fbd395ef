package io.accesstokens.token.audit;

import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.Decision;

/**
 * Receives committed changes and denials after the fact, for example to log them. The authoritative
 * audit log is in the store, written in the same transaction as the change.
 */
public interface AuditLog {

  /** Ignores all calls. */
  AuditLog NONE =
      new AuditLog() {
        @Override
        public void recorded(AuditEvent event, Actor actor) {}

        @Override
        public void denied(Actor actor, String permission) {}
      };

  /** Reports a change that was committed together with this event. */
  void recorded(AuditEvent event, Actor actor);

  /** Reports that an actor was denied an operation because a permission is missing. */
  void denied(Actor actor, String permission);

  /**
   * Reports that a rule denied an actor an operation because a permission is missing.
   *
   * @param rule the name of the rule, or several names, as in {@link Decision#rule}
   */
  default void denied(Actor actor, String permission, String rule) {
    denied(actor, permission);
  }
}
