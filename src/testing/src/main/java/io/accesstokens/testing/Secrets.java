package io.accesstokens.testing;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Searches text for known raw tokens. One pass finds any number of them. */
public final class Secrets {

  /**
   * Length of a prefix that identifies a raw token. It is longer than the prefix that the product
   * shows.
   */
  private static final int TELLING = 24;

  private static final Pattern CANDIDATE =
      Pattern.compile("b[sp]at_[0-9A-Za-z]{" + (TELLING - 5) + "}");

  private final Set<String> beginnings = new HashSet<>();

  private Secrets(Set<String> rawTokens) {
    rawTokens.forEach(raw -> beginnings.add(raw.substring(0, TELLING)));
  }

  /** Returns a search for these raw tokens. */
  public static Secrets of(Set<String> rawTokens) {
    return new Secrets(rawTokens);
  }

  /**
   * Searches for any of the tokens, complete or truncated.
   *
   * @return the text before the first match, without the secret
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
