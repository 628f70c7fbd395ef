package io.accesstokens.pages;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WrapsElement;

/**
 * An element that is searched again if the page has replaced it. Without it, a test could find an
 * element, and fail with {@link StaleElementReferenceException} in its next line.
 */
final class LiveElement implements InvocationHandler {

  /** A page that replaces an element more often than this before one call is defective. */
  private static final int MAX_SEARCHES = 20;

  private final Supplier<WebElement> search;
  private WebElement element;

  private LiveElement(Supplier<WebElement> search) {
    this.search = search;
    this.element = search.get();
  }

  /**
   * @param search returns the element, or throws an exception if it finds none
   * @return the element that the search finds now
   */
  static WebElement of(Supplier<WebElement> search) {
    return (WebElement)
        Proxy.newProxyInstance(
            LiveElement.class.getClassLoader(),
            new Class<?>[] {WebElement.class, WrapsElement.class},
            new LiveElement(search));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object[] arguments)
      throws Throwable {
    WebElement self = (WebElement) proxy;
    return switch (method.getName()) {
      case "getWrappedElement" -> {
        self.getTagName(); // searches again if the page has replaced the element
        yield element;
      }
      case "findElement" -> {
        By by = (By) Objects.requireNonNull(arguments[0]);
        yield of(() -> first(self, by));
      }
      default -> call(method, arguments);
    };
  }

  private static WebElement first(WebElement within, By by) {
    return within.findElements(by).stream()
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("nothing at " + by));
  }

  private @Nullable Object call(Method method, @Nullable Object... arguments) throws Throwable {
    for (int searches = 0; ; searches++) {
      try {
        return method.invoke(element, arguments);
      } catch (InvocationTargetException e) {
        if (!(e.getCause() instanceof StaleElementReferenceException) || searches == MAX_SEARCHES) {
          throw e.getCause();
        }
        element = search.get();
      }
    }
  }
}
