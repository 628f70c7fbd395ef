package io.accesstokens.token.audit;

import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.Decision;

/**
 * Receives committed changes and denied requests, for example to write a log file. The store writes
 * each change and its event in one transaction, before a listener receives the event.
 *
 * <p>A listener cannot prevent a change or a response. An exception or an error of a listener is
 * logged, at most once per second, and the request continues.
 */
public interface AuditListener {

  /** A listener that ignores all calls. */
  AuditListener NONE =
      new AuditListener() {
        @Override
        public void recorded(AuditEvent event, Actor actor) {}

        @Override
        public void denied(Actor actor, String permission, String rule) {}
      };

  /** Receives the event of a change, after the commit. */
  void recorded(AuditEvent event, Actor actor);

  /**
   * Receives an event that a background thread wrote, after the commit. The default implementation
   * ignores the event.
   */
  default void recordedBySystem(AuditEvent event) {}

  /**
   * Receives a denial with the rule that decided.
   *
   * @param actor the caller
   * @param permission the permission that the request needs; or the scopes, separated by spaces,
   *     that the caller lacks or may not grant; or the first scope for which the sign-in of the
   *     caller is too old. For a denied self-rotation, {@code self-rotation}
   * @param rule the name of the rule, or several names, as in {@link Decision#rule}
   */
  void denied(Actor actor, String permission, String rule);
}
