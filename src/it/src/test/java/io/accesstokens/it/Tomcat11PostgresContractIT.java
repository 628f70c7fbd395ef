package io.accesstokens.it;

import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TomcatServer;
import org.junit.jupiter.api.TestInstance;

/** Runs the contract in Tomcat 11 on a PostgreSQL server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Tomcat11PostgresContractIT extends TomcatContract {
  Tomcat11PostgresContractIT() {
    super(TomcatServer.Version.TOMCAT_11, PostgresServer.shared().newDatabase());
  }
}
