package io.accesstokens.app;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;

/**
 * Lets the JDK forget the last of our records that it has linked.
 *
 * <p>What it compares and hashes records with are method handles of its own, each of which keeps
 * the last type that it was adapted to (their {@code asTypeCache}). In Java 17 that is a strong
 * reference, so the last record of a web application that was compared would keep the application's
 * class loader in memory after its end. Here they are given a type of the JDK to keep.
 */
final class RecordLeakWorkaround {

  private RecordLeakWorkaround() {}

  static void forget() {
    link("equals", MethodType.methodType(boolean.class, String.class, Object.class));
    link("hashCode", MethodType.methodType(int.class, String.class));
  }

  /** As for a record of one component that is called String. */
  private static void link(String method, MethodType type) {
    try {
      // What comes of it is of no use to anybody.
      var unused =
          ObjectMethods.bootstrap(
              MethodHandles.lookup(),
              method,
              type,
              String.class,
              "itself",
              MethodHandles.identity(String.class));
    } catch (Throwable e) {
      throw new IllegalStateException("this Java cannot link a record", e);
    }
  }
}
