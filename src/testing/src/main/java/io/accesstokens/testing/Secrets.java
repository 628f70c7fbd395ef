package io.accesstokens.testing;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Searches text for known raw tokens. */
public final class Secrets {

  /**
   * Length of the prefix that identifies a raw token, in characters. The application shows only a
   * shorter prefix.
   */
  private static final int IDENTIFYING_PREFIX_LENGTH = 24;

  private static final Pattern CANDIDATE =
      Pattern.compile("b[sp]at_[\\w-]{" + (IDENTIFYING_PREFIX_LENGTH - 5) + "}");

  private final Set<String> beginnings = new HashSet<>();

  private Secrets(Set<String> rawTokens) {
    rawTokens.forEach(raw -> beginnings.add(raw.substring(0, IDENTIFYING_PREFIX_LENGTH)));
  }

  /** Returns an instance that searches for these raw tokens. */
  public static Secrets of(Set<String> rawTokens) {
    return new Secrets(rawTokens);
  }

  /**
   * Searches for a known raw token, or for the start of one with at least 24 characters.
   *
   * @return up to 200 characters before the first match, followed by an ellipsis; empty if there is
   *     no match
   */
  public Optional<String> findIn(String text) {
    Matcher candidates = CANDIDATE.matcher(text);
    while (candidates.find()) {
      if (beginnings.contains(candidates.group())) {
        String before = text.substring(Math.max(0, candidates.start() - 200), candidates.start());
        return Optional.of(before + "…");
      }
    }
    return Optional.empty();
  }
}
