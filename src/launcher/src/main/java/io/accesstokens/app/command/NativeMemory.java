package io.accesstokens.app.command;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Makes the C library return free memory to the operating system. The just-in-time compiler frees
 * this memory after the start of the process. By default, the C library keeps the memory.
 */
final class NativeMemory {

  private static final int TIMES = 18;
  private static final long PAUSE_MILLIS = 10_000;

  private NativeMemory() {}

  /**
   * Starts a thread that returns memory to the operating system every ten seconds, for the first
   * three minutes.
   */
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
      // The JVM has no such command, or the C library is not glibc. In both cases there is no
      // memory to return.
    }
  }
}
