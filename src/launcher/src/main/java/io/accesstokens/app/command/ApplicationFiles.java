package io.accesstokens.app.command;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.WebResource;
import org.apache.catalina.WebResourceRoot;
import org.apache.catalina.WebResourceSet;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.EmptyResource;
import org.apache.catalina.webresources.StandardRoot;

/**
 * The files of an unpacked web application, with a faster search for classes.
 *
 * <p>Tomcat searches {@code WEB-INF/classes} and each of the jars for each class. Tomcat also
 * resolves the symbolic links of each path in {@code WEB-INF/classes}, even if there is no such
 * file. This class rejects a missing file immediately, and has an index of the jars.
 */
final class ApplicationFiles extends StandardRoot {

  private static final String CLASSES = "/WEB-INF/classes/";

  private final Path folder;

  /**
   * Creates the resources of an application from the files in a folder.
   *
   * @param folder the folder of the application, which is absolute
   */
  ApplicationFiles(Context context, Path folder) {
    super(context);
    this.folder = folder;
    setArchiveIndexStrategy(WebResourceRoot.ArchiveIndexStrategy.BLOOM.name());
  }

  @Override
  protected WebResourceSet createMainResourceSet() {
    return new DirResourceSet(this, "/", folder.toString(), "/") {
      @Override
      public WebResource getResource(String path) {
        return path.startsWith(CLASSES) && !Files.exists(folder.resolve(path.substring(1)))
            ? new EmptyResource(getRoot(), path)
            : super.getResource(path);
      }
    };
  }
}
