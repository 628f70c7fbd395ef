package io.accesstokens.it;

import io.accesstokens.testing.server.TomcatServer;
import org.junit.jupiter.api.TestInstance;

/** Runs the contract in Tomcat 11. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Tomcat11ContractIT extends TomcatContract {
  Tomcat11ContractIT() {
    super(TomcatServer.Version.TOMCAT_11);
  }
}
