package io.accesstokens.faults;

import io.accesstokens.testing.client.KeepAliveClient;
import java.io.IOException;

/**
 * A resource that only a valid token can read.
 *
 * @param path the path of the resource, which returns 200 or 204
 * @param condition the condition of the replica that serves the request
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
          name,
          timed.beganAt(),
          timed.endedAt(),
          status,
          condition.undisturbedSince(mark, beganAt));
    } catch (IOException e) {
      return new Check(
          name,
          beganAt,
          System.nanoTime(),
          Check.NO_ANSWER,
          condition.undisturbedSince(mark, beganAt));
    }
  }
}
