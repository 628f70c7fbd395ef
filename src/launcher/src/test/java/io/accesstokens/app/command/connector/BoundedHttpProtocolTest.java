package io.accesstokens.app.command.connector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Adapter;
import org.junit.jupiter.api.Test;

class BoundedHttpProtocolTest {

  @Test
  void sweepContinuesAfterAFailure() throws Exception {
    CountDownLatch sweeps = new CountDownLatch(2);
    RequestExecutor requests =
        new RequestExecutor("requests", 1) {
          @Override
          int running() {
            sweeps.countDown();
            throw new IllegalStateException("the sweep fails");
          }
        };
    ScheduledExecutorService utilities = Executors.newScheduledThreadPool(1);
    BoundedHttpProtocol protocol = new BoundedHttpProtocol(Duration.ofSeconds(5), 1, 1, 0);
    protocol.setAdapter(
        (Adapter)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Adapter.class},
                (proxy, method, arguments) -> null));
    protocol.setAddress(InetAddress.getLoopbackAddress());
    protocol.setPort(0);
    protocol.setExecutor(requests);
    protocol.setUtilityExecutor(utilities);
    try {
      protocol.init();
      protocol.start();
      assertTrue(sweeps.await(1, TimeUnit.MINUTES), "the sweep has ended");
    } finally {
      protocol.stop();
      protocol.destroy();
      utilities.shutdownNow();
      requests.close();
    }
  }
}
