package io.accesstokens.app;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;

/**
 * Makes the JDK release its reference to a record type of this application.
 *
 * <p>The JDK implements {@code equals} and {@code hashCode} of records with shared method handles.
 * The field {@code asTypeCache} of a method handle contains the last type to which the method
 * handle was adapted. In Java 17, this field is a strong reference. Therefore, the field can keep
 * the record type and the class loader of a web application in memory after the application has
 * ended. This class adapts the method handles to a type of the JDK, which replaces the cached
 * record type.
 */
final class RecordLeakWorkaround {

  private RecordLeakWorkaround() {}

  static void forget() {
    link("equals", MethodType.methodType(boolean.class, String.class, Object.class));
    link("hashCode", MethodType.methodType(int.class, String.class));
  }

  /**
   * Adapts the shared method handles to types of the JDK. For this purpose, creates the method
   * {@code equals} or {@code hashCode} of a record with one component of type {@code String}.
   */
  private static void link(String method, MethodType type) {
    try {
      // The call is only necessary for its side effect on the cache.
      var unused =
          ObjectMethods.bootstrap(
              MethodHandles.lookup(),
              method,
              type,
              String.class,
              "itself",
              MethodHandles.identity(String.class));
    } catch (Throwable e) {
      throw new IllegalStateException(
          "the Java runtime cannot link the method " + method + " of a record", e);
    }
  }
}
