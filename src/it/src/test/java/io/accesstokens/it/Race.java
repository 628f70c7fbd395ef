package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.time.RunningTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * Concurrent requests of which a known number must succeed.
 *
 * @param answers the final responses, in the order of the threads
 * @param wasStopped true if the machine stopped this process meanwhile
 */
record Race(List<ApiResult> answers, boolean wasStopped) {

  /** Sends one request in each thread, at the same time. */
  static Race of(int threads, Parallel.Task<ApiResult> request) throws Exception {
    RunningTime time = RunningTime.start();
    return new Race(Parallel.run(threads, request), time.wasStopped());
  }

  /**
   * Runs a race, and returns its responses. Runs it up to three times more if the machine stopped
   * this process. The first response to a request can then be 503, although the request succeeded.
   *
   * @param race runs a race with tokens of its own
   */
  static List<ApiResult> undisturbed(Callable<Race> race) throws Exception {
    Race last = race.call();
    for (int i = 0; last.wasStopped && i < 3; i++) {
      last = race.call();
    }
    return last.answers;
  }

  /**
   * Asserts how many requests succeed, and that all others get a 409. After a stop of the machine,
   * a request can succeed with a response 503. Its repetition then gets a 409, and only the stored
   * state shows the success. So each caller asserts the stored state, too.
   */
  void assertSuccesses(int status, long count) {
    long all = answers.size();
    int unavailable = answers.stream().mapToInt(ApiResult::countUnavailable).sum();
    Map<Integer, Long> statuses = ApiResult.countByStatus(answers);
    long missing = count - statuses.getOrDefault(status, 0L);
    long expected = wasStopped && missing > 0 && missing <= unavailable ? count - missing : count;
    Map<Integer, Long> expectedStatuses =
        new TreeMap<>(Map.of(status, expected, 409, all - expected));
    expectedStatuses.values().removeIf(number -> number == 0);
    assertEquals(
        expectedStatuses,
        statuses,
        () -> "number of responses by status, after " + unavailable + " responses 503");
    answers.stream()
        .filter(answer -> answer.status() != status)
        .forEach(answer -> answer.problem(409));
  }
}
