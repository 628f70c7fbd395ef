package io.accesstokens.auth.remote;

import static io.accesstokens.testing.ScriptedServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a client whose thread ends because no further thread can be created. */
class BoundedHttpClientTest extends ScriptedService {

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final AtomicBoolean exhausted = new AtomicBoolean();
  private final BoundedHttpClient client =
      new BoundedHttpClient(HttpClient.newBuilder().executor(this::execute), 10_000);

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  private void execute(Runnable task) {
    if (exhausted.get() && Thread.currentThread().getName().endsWith("SelectorManager")) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    executor.execute(task);
  }

  private int status() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(service()).POST(HttpRequest.BodyPublishers.noBody()).build();
    HttpResponse<byte[]> response = client.send(request, LONG);
    return response.statusCode();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void clientWhoseThreadHasEndedIsReplaced(boolean used) throws Exception {
    introspection = json(GOOD);
    if (used) {
      assertEquals(200, status());
    }
    exhausted.set(true);
    assertThrows(IOException.class, this::status);
    exhausted.set(false);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(() -> status() == 200);
  }
}
