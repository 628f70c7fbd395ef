package io.accesstokens.oauth;

import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** What a resource method returns when its answer comes later, in another thread. */
public final class LateAnswer {

  private LateAnswer() {}

  /**
   * An answer, or the exception that carries it.
   *
   * <p>Not by a dependent stage: that would wrap what it throws, and a runtime maps what it is
   * given.
   *
   * @param failures what an exception becomes
   */
  public static CompletionStage<Response> of(
      CompletionStage<Response> work, UnaryOperator<RuntimeException> failures) {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    var unused =
        work.whenComplete(
            (response, e) -> {
              if (e == null) {
                answer.complete(response);
                return;
              }
              Throwable failure =
                  e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
              answer.completeExceptionally(
                  failure instanceof RuntimeException unchecked
                      ? failures.apply(unchecked)
                      : failure);
            });
    return answer;
  }
}
