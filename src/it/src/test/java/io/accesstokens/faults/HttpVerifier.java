package io.accesstokens.faults;

import io.accesstokens.testing.KeepAliveClient;
import java.io.IOException;

/**
 * A resource that only a good token may get.
 *
 * @param path of the resource, answered with 200 or 204
 * @param condition of whoever has to work for an answer
 */
record HttpVerifier(String name, KeepAliveClient client, String path, Condition condition)
    implements Verifier {

  @Override
  public Check verify(String rawToken) {
    int mark = condition.now();
    long beganAt = System.nanoTime();
    try {
      KeepAliveClient.Timed timed = client.call("GET", path, "Bearer " + rawToken, null);
      int status = timed.answer().status();
      return new Check(
          name, timed.beganAt(), timed.endedAt(), status, condition.undisturbedSince(mark));
    } catch (IOException e) {
      return new Check(
          name, beganAt, System.nanoTime(), Check.NO_ANSWER, condition.undisturbedSince(mark));
    }
  }
}
