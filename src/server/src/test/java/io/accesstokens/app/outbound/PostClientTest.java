package io.accesstokens.app.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.ContentType;
import org.junit.jupiter.api.Test;

class PostClientTest {

  @Test
  void callOfAClosedClientFails() {
    PostClient client =
        new PostClient(
            URI.create("http://127.0.0.1:9/"),
            new PostClient.Network(SystemDefaultDnsResolver.INSTANCE, "1.0"),
            List.of(),
            100,
            Duration.ofSeconds(1));
    client.close();
    FailedCallException e =
        assertThrows(
            FailedCallException.class,
            () -> client.post(Map.of(), new byte[0], ContentType.APPLICATION_JSON));
    assertEquals("the server is stopping", e.getMessage());
  }
}
