package io.accesstokens.testing.client;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Records the responses of the application, and the raw tokens that the application has created.
 * Tests search the responses for raw tokens. Thread-safe.
 */
public final class Exchanges {

  private final Queue<ApiResult> answers = new ConcurrentLinkedQueue<>();
  private final Set<String> rawTokens = ConcurrentHashMap.newKeySet();

  void record(ApiResult answer) {
    answers.add(answer);
  }

  /** Records a raw token from the response that created the token. */
  public void addRawToken(String rawToken) {
    rawTokens.add(rawToken);
  }

  /** Returns all recorded raw tokens. */
  public Set<String> rawTokens() {
    return Set.copyOf(rawTokens);
  }

  /** Returns all recorded responses. */
  public List<ApiResult> answers() {
    return List.copyOf(answers);
  }

  /** Returns all responses except the responses that created or rotated a token. */
  public List<ApiResult> answersWithoutNewSecret() {
    return answers.stream().filter(answer -> !answer.hasNewSecret()).toList();
  }
}
