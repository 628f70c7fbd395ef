package io.accesstokens.it;

import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TomcatServer;
import org.junit.jupiter.api.TestInstance;

/** Runs the contract in Tomcat 10.1 on a MariaDB server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Tomcat10MariaDbContractIT extends TomcatContract {
  Tomcat10MariaDbContractIT() {
    super(TomcatServer.Version.TOMCAT_10_1, MariaDbServer.shared().newDatabase());
  }
}
