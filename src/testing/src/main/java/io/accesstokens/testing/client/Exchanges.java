package io.accesstokens.testing.client;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Records the responses of the application, and the raw tokens in these responses. Tests search the
 * responses for the raw tokens. Thread-safe.
 */
public final class Exchanges {

  private final Queue<ApiResult> answers = new ConcurrentLinkedQueue<>();
  private final Set<String> rawTokens = ConcurrentHashMap.newKeySet();

  void record(ApiResult answer) {
    answers.add(answer);
  }

  /** Records a raw token that the application returned when it created the token. */
  public void made(String rawToken) {
    rawTokens.add(rawToken);
  }

  /** Returns all raw tokens that were recorded so far. */
  public Set<String> rawTokens() {
    return Set.copyOf(rawTokens);
  }

  /** Returns all responses that were recorded so far. */
  public List<ApiResult> answers() {
    return List.copyOf(answers);
  }

  /** Returns all responses except those that created a token (status 201 for a POST). */
  public List<ApiResult> notCreating() {
    return answers.stream()
        .filter(answer -> !(answer.status() == 201 && answer.method().equals("POST")))
        .toList();
  }
}
