package io.accesstokens.token.audit;

import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.Decision;

/**
 * Receives changes after their commit, and denials, for example to write them to a log file. The
 * authoritative audit log is in the store. The store writes it in the transaction of the change.
 */
public interface AuditLog {

  /** An audit log that ignores all calls. */
  AuditLog NONE =
      new AuditLog() {
        @Override
        public void recorded(AuditEvent event, Actor actor) {}

        @Override
        public void denied(Actor actor, String permission) {}
      };

  /** Receives the event of a change. The change and the event were already committed. */
  void recorded(AuditEvent event, Actor actor);

  /** Receives a denial: an actor was denied an operation because a permission is missing. */
  void denied(Actor actor, String permission);

  /**
   * Receives a denial and the rule that decided. An actor was denied an operation because a
   * permission is missing. The default implementation ignores the rule.
   *
   * @param rule the name of the rule, or several names, as in {@link Decision#rule}
   */
  default void denied(Actor actor, String permission, String rule) {
    denied(actor, permission);
  }
}
