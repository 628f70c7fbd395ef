package io.accesstokens.app.command;

import org.apache.catalina.loader.ParallelWebappClassLoader;

/**
 * Tomcat's class loader for a web application, without classes of its own. The parent loads all
 * classes, because the parent has the libraries of both the server and the application.
 *
 * <p>Tomcat's own search is slower, and a start loads 9,000 classes. For each class, Tomcat first
 * searches all modules of the platform, then {@code WEB-INF/classes}, and then each of the jars.
 */
final class ApplicationClassLoader extends ParallelWebappClassLoader {

  static {
    registerAsParallelCapable();
  }

  /**
   * Creates a class loader for the application.
   *
   * @param parent the class loader of the server and of the application
   */
  ApplicationClassLoader(ClassLoader parent) {
    super(parent);
    setDelegate(true); // also for resources
  }

  @Override
  public Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return getParent().loadClass(name);
  }
}
