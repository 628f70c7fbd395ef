package io.accesstokens.faults;

/**
 * One check of a token.
 *
 * @param verifier the name of the verifier
 * @param beganAt the value of {@link System#nanoTime()} before the request was written
 * @param endedAt the same after the response was read
 * @param status the status of the response; {@link #NO_ANSWER} if none came
 * @param undisturbed true if no fault affected the verifier from beginning to end
 */
record Check(String verifier, long beganAt, long endedAt, int status, boolean undisturbed) {

  /** The status if there was no response. */
  static final int NO_ANSWER = 0;

  Verdict verdict() {
    return switch (status) {
      case 200, 204 -> Verdict.ACCEPTED;
      case 401 -> Verdict.REFUSED;
      case 503 -> Verdict.UNAVAILABLE;
      case NO_ANSWER -> Verdict.UNREACHABLE;
      default -> Verdict.UNEXPECTED;
    };
  }
}
