package io.accesstokens.app;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;

/**
 * Makes the JDK release its reference to the last record type of this application.
 *
 * <p>The JDK implements {@code equals} and {@code hashCode} of records with shared method handles.
 * Each of them caches the last type that it was adapted to ({@code asTypeCache}). In Java 17 this
 * is a strong reference. So the record type of a web application that was linked last would keep
 * the application's class loader in memory after its end. This class adapts the method handles to a
 * type of the JDK instead.
 */
final class RecordLeakWorkaround {

  private RecordLeakWorkaround() {}

  static void forget() {
    link("equals", MethodType.methodType(boolean.class, String.class, Object.class));
    link("hashCode", MethodType.methodType(int.class, String.class));
  }

  /** Links a method as for a record with one component, of type String. */
  private static void link(String method, MethodType type) {
    try {
      // Only the side effect on the cache matters.
      var unused =
          ObjectMethods.bootstrap(
              MethodHandles.lookup(),
              method,
              type,
              String.class,
              "itself",
              MethodHandles.identity(String.class));
    } catch (Throwable e) {
      throw new IllegalStateException("this Java version cannot link a record", e);
    }
  }
}
