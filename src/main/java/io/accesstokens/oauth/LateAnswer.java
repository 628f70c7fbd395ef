package io.accesstokens.oauth;

import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * An answer that comes later, in another thread.
 *
 * <p>By {@code AsyncResponse}, not by a returned {@code CompletionStage}: Jersey looks for a writer
 * of what a method returns before it calls it, and answers 406 in an application without one.
 */
public final class LateAnswer {

  private LateAnswer() {}

  /**
   * Answers when the work is done, or by the exception that carries an answer.
   *
   * @param failures what an exception becomes
   */
  public static void give(
      AsyncResponse answer,
      CompletionStage<Response> work,
      UnaryOperator<RuntimeException> failures) {
    var unused =
        work.whenComplete(
            (response, e) -> {
              if (e == null) {
                answer.resume(response);
                return;
              }
              Throwable failure =
                  e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
              answer.resume(
                  failure instanceof RuntimeException unchecked
                      ? failures.apply(unchecked)
                      : failure);
            });
  }
}
