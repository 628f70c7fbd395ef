package io.accesstokens.token;

/**
 * Is told of what was done and what was denied, after the fact, so that it can be logged. The audit
 * trail proper is in the store, written with the change itself.
 */
public interface AuditLog {

  /** Tells nobody. */
  AuditLog NONE =
      new AuditLog() {
        @Override
        public void recorded(AuditEvent event, Actor actor) {}

        @Override
        public void denied(Actor actor, String permission) {}
      };

  /** A change was committed together with this event. */
  void recorded(AuditEvent event, Actor actor);

  /** An actor was denied something for want of a permission. */
  void denied(Actor actor, String permission);

  /**
   * An actor was denied something for want of a permission, by a rule.
   *
   * @param rule its name, or several of them, as a {@link Decision} has it
   */
  default void denied(Actor actor, String permission, String rule) {
    denied(actor, permission);
  }
}
