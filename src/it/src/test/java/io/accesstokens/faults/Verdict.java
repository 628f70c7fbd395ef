package io.accesstokens.faults;

/** The outcome of a check of a token. */
enum Verdict {
  ACCEPTED,
  REFUSED,
  /** The verifier returned 503: it cannot decide now. */
  UNAVAILABLE,
  /** No response: the connection failed or took too long. */
  UNREACHABLE,
  /** Any other response. */
  UNEXPECTED
}
