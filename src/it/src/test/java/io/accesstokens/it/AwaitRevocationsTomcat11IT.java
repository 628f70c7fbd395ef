package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.accesstokens.testing.server.Deployment;
import io.accesstokens.testing.server.TomcatServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

/** Tests waiting revocations on Tomcat 11. */
class AwaitRevocationsTomcat11IT extends AwaitRevocationsContract {

  @Override
  Deployment deployment(Map<String, String> environment) throws IOException {
    TomcatServer server = TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_11);
    String path = "conf/server.xml";
    String xml = Files.readString(server.base().resolve(path));
    String changed =
        xml.replace("<Connector ", "<Connector maxThreads=\"" + REQUEST_THREADS + "\" ");
    assertNotEquals(xml, changed);
    server.write(path, changed);
    return server.withEnvironment(environment);
  }
}
