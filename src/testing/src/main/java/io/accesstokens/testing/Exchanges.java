package io.accesstokens.testing;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What the application answered, and the raw tokens that it handed out, so that the former can be
 * searched for the latter. Safe for use by many threads.
 */
public final class Exchanges {

  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Set<String> rawTokens = ConcurrentHashMap.newKeySet();

  void record(Answer answer) {
    answers.add(answer);
  }

  /** Notes a raw token that an answer handed out as it should. */
  public void made(String rawToken) {
    rawTokens.add(rawToken);
  }

  /** All raw tokens that were handed out. */
  public Set<String> rawTokens() {
    return Set.copyOf(rawTokens);
  }

  /** All answers so far. */
  public List<Answer> answers() {
    return List.copyOf(answers);
  }

  /** All answers that did not create a token. */
  public List<Answer> notCreating() {
    return answers.stream()
        .filter(answer -> !(answer.status() == 201 && answer.method().equals("POST")))
        .toList();
  }
}
