package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.ApiResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Concurrent requests of which only a few can succeed.
 *
 * @param answers the final responses, in the order of the threads
 * @param unavailable the number of responses 503 before them
 */
record Race(List<ApiResult> answers, int unavailable) {

  /** Sends one request in each thread, at the same time. Repeats a request after a response 503. */
  static Race of(int threads, Parallel.Task<ApiResult> request) throws Exception {
    AtomicInteger unavailable = new AtomicInteger();
    List<ApiResult> answers =
        Parallel.send(
            threads,
            i -> {
              ApiResult answer = request.call(i);
              unavailable.addAndGet(answer.status() == 503 ? 1 : 0);
              return answer;
            });
    return new Race(answers, unavailable.get());
  }

  /**
   * Repeats races until one has no response 503, and returns its responses. A request can succeed
   * with a response 503, if the commit was interrupted. A busy machine can cause such responses,
   * because it can stop a process for longer than the timeouts of the database.
   *
   * @param race runs a race with tokens of its own
   */
  static List<ApiResult> undisturbed(Callable<Race> race) throws Exception {
    Race last = race.call();
    while (last.unavailable > 0) {
      last = race.call();
    }
    return last.answers;
  }

  /**
   * Asserts how many requests succeed, and that all others get a 409. A request can also succeed
   * with a response 503, if the commit was interrupted. Its repetition then gets a 409, and only
   * the stored state shows the success. So each caller asserts the stored state, too.
   */
  void assertSuccesses(int status, long count) {
    long all = answers.size();
    Map<Integer, Long> statuses = ApiResult.countByStatus(answers);
    long missing = count - statuses.getOrDefault(status, 0L);
    long expected = missing > 0 && missing <= unavailable ? count - missing : count;
    assertEquals(
        expected == 0 ? Map.of(409, all) : Map.of(status, expected, 409, all - expected),
        statuses,
        () -> "number of responses by status, after " + unavailable + " responses 503");
    answers.stream()
        .filter(answer -> answer.status() != status)
        .forEach(answer -> answer.problem(409));
  }
}
