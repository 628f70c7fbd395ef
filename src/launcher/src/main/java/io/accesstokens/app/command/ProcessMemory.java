package io.accesstokens.app.command;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import io.accesstokens.verify.DaemonThreads;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Returns memory to the operating system after the start of the process. */
final class ProcessMemory {

  private static final int TIMES = 18;
  private static final long PAUSE_MILLIS = 10_000;

  private ProcessMemory() {}

  /**
   * Runs one full garbage collection, and shrinks the heap to 1.4 times the size of its objects.
   * The start leaves much garbage. By default, the JVM shrinks the heap less, and keeps more than
   * twice the size of the objects. With the 40 MB of objects after a start, the collection takes
   * less than 0.1 seconds.
   *
   * <p>This method changes {@code MinHeapFreeRatio} and {@code MaxHeapFreeRatio} only during the
   * collection. Therefore the heap grows again when the load needs it. If the command line contains
   * one of these options, this method does not change them.
   */
  static void shrinkHeap() {
    try {
      HotSpotDiagnosticMXBean jvm =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      VMOption least = jvm.getVMOption("MinHeapFreeRatio");
      VMOption most = jvm.getVMOption("MaxHeapFreeRatio");
      if (least.getOrigin() == VMOption.Origin.DEFAULT
          && most.getOrigin() == VMOption.Origin.DEFAULT) {
        try {
          jvm.setVMOption(least.getName(), "10");
          jvm.setVMOption(most.getName(), "30");
          System.gc();
        } finally {
          jvm.setVMOption(most.getName(), most.getValue());
          jvm.setVMOption(least.getName(), least.getValue());
        }
        return;
      }
    } catch (IllegalArgumentException e) {
      // A JVM other than HotSpot does not have these options.
    }
    System.gc();
  }

  /**
   * Starts a thread that makes the C library return free memory every ten seconds, for the first
   * three minutes. The just-in-time compiler frees this memory after the start of the process. By
   * default, the C library keeps the memory.
   */
  static void trimWhileWarmingUp() {
    Thread thread =
        new Thread(DaemonThreads.repeatable(ProcessMemory::trim), "access-tokens-warm-up");
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
      // The JVM has no such command, or the C library is not glibc.
    }
  }
}
