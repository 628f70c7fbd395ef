package io.accesstokens.app.command;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Hands memory back that the just-in-time compiler has freed. The C library keeps it otherwise: up
 * to a third of what the process takes, and of use only while it warms up.
 */
final class NativeMemory {

  private static final int TIMES = 18;
  private static final long PAUSE_MILLIS = 10_000;

  private NativeMemory() {}

  /** Does so every ten seconds for the first three minutes, in a thread of its own. */
  static void trimWhileWarmingUp() {
    Thread thread = new Thread(NativeMemory::trim, "access-tokens-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private static void trim() {
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
      for (int i = 0; i < TIMES; i++) {
        Thread.sleep(PAUSE_MILLIS);
        server.invoke(
            commands,
            "systemTrimNativeHeap",
            new Object[] {new String[0]},
            new String[] {String[].class.getName()});
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (JMException | RuntimeException e) {
      // Not a JVM that can do so, or not with glibc: then there is nothing to hand back.
    }
  }
}
