package io.accesstokens.faults;

/**
 * A broken promise.
 *
 * @param description the time and the verifier; never a raw token
 */
record InvariantViolation(Kind kind, String description) {

  /** The kinds of promises. */
  enum Kind {
    ACCEPTED_AFTER_THE_ANSWER("accepted after the answer"),
    VALID_REFUSED("valid token refused"),
    UNEXPECTED_ANSWER("unexpected answer"),
    UNDISTURBED_AND_UNAVAILABLE("undisturbed, yet unavailable"),
    NOT_RECOVERED("not recovered in time"),
    UNEXPLAINED_LOG("unexplained in a log"),
    NOT_LOGGED_ONCE("not in the transparency log exactly once"),
    WRONG_LOG("transparency log wrong"),
    LOST_CHANGE("confirmed change lost"),
    SECRET_IN_LOG("raw token in a log");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
