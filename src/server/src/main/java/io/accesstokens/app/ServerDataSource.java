package io.accesstokens.app;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Calls a DataSource of the container with a context class loader that does not see the libraries
 * of this application.
 *
 * <p>Payara's connection pool loads the driver classes with the context class loader of the thread
 * that requests a connection. The pool keeps these classes. Without this class, the pool can load
 * the driver from this application, and every connection fails after a redeployment.
 */
final class ServerDataSource {

  private ServerDataSource() {}

  static DataSource of(DataSource target) {
    @Nullable ClassLoader own = ServerDataSource.class.getClassLoader();
    @Nullable ClassLoader server = own == null ? null : own.getParent();
    return (DataSource)
        Proxy.newProxyInstance(
            own,
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> call(target, method, arguments, server));
  }

  private static @Nullable Object call(
      DataSource target, Method method, Object @Nullable [] arguments, @Nullable ClassLoader loader)
      throws Throwable {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
