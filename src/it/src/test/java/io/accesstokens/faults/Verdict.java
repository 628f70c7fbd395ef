package io.accesstokens.faults;

/** What came of asking about a token. */
enum Verdict {
  ACCEPTED,
  REFUSED,
  /** 503: it cannot be said now. */
  UNAVAILABLE,
  /** No answer: the connection failed or took too long. */
  UNREACHABLE,
  /** An answer that is none of these. */
  UNEXPECTED
}
