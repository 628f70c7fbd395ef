package io.accesstokens.it;

import io.accesstokens.testing.server.Deployment;
import io.accesstokens.testing.server.PayaraMicro;
import java.util.Map;

/** Tests waiting revocations on Payara. */
class AwaitRevocationsPayaraIT extends AwaitRevocationsContract {

  @Override
  Deployment deployment(Map<String, String> environment) {
    return PayaraMicro.inNewFolder()
        .withEnvironment(environment)
        .withCommandsAtStart(
            "set configs.config.server-config.thread-pools.thread-pool.http-thread-pool"
                + ".max-thread-pool-size="
                + REQUEST_THREADS
                + "\n");
  }
}
