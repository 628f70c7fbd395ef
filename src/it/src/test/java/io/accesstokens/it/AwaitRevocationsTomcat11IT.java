package io.accesstokens.it;

import io.accesstokens.testing.server.Deployment;
import io.accesstokens.testing.server.TomcatServer;
import java.util.Map;

/** Tests waiting revocations on Tomcat 11. */
class AwaitRevocationsTomcat11IT extends AwaitRevocationsContract {

  @Override
  Deployment deployment(Map<String, String> environment) {
    return TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_11).withEnvironment(environment);
  }
}
