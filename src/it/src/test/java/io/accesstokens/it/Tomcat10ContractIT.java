package io.accesstokens.it;

import io.accesstokens.testing.server.TomcatServer;
import org.junit.jupiter.api.TestInstance;

/** Runs the contract in Tomcat 10.1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Tomcat10ContractIT extends TomcatContract {
  Tomcat10ContractIT() {
    super(TomcatServer.Version.TOMCAT_10_1);
  }
}
