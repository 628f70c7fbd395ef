package io.accesstokens.faults;

/**
 * One question about a token.
 *
 * @param verifier who was asked
 * @param beganAt by {@link System#nanoTime()}, before the question was written
 * @param endedAt after the answer was read
 * @param status of the answer; {@link #NO_ANSWER} if none came
 * @param undisturbed whether no fault touched the one who was asked, from beginning to end
 */
record Check(String verifier, long beganAt, long endedAt, int status, boolean undisturbed) {

  /** The status where there was no answer. */
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
