package io.accesstokens.testing;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Searches text for raw tokens that were handed out; one pass, however many there are. */
public final class Secrets {

  /** As much of a raw token as is needed to know that it is one: more than the shown prefix. */
  private static final int TELLING = 24;

  private static final Pattern CANDIDATE =
      Pattern.compile("b[sp]at_[0-9A-Za-z]{" + (TELLING - 5) + "}");

  private final Set<String> beginnings = new HashSet<>();

  private Secrets(Set<String> rawTokens) {
    rawTokens.forEach(raw -> beginnings.add(raw.substring(0, TELLING)));
  }

  /** A search for these raw tokens. */
  public static Secrets of(Set<String> rawTokens) {
    return new Secrets(rawTokens);
  }

  /**
   * Looks for any of them, whole or cut short.
   *
   * @return the surroundings of the first hit, the secret itself cut out
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
