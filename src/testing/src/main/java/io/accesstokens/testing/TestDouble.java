package io.accesstokens.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates test doubles: objects that pass each call of an interface to one handler. */
public final class TestDouble {

  private TestDouble() {}

  /** Handles the calls of an interface. */
  @FunctionalInterface
  public interface Handler {

    /** Returns the result of a call, or throws the exception of the call. */
    @Nullable Object handle(Call call) throws Throwable;
  }

  /** A call of a method of an interface. */
  public static final class Call {

    private final @Nullable Object target;
    private final Method method;
    private final @Nullable Object @Nullable [] arguments;

    private Call(@Nullable Object target, Method method, @Nullable Object @Nullable [] arguments) {
      this.target = target;
      this.method = method;
      this.arguments = arguments;
    }

    /** Returns the name of the called method. */
    public String name() {
      return method.getName();
    }

    /** Returns the number of arguments. */
    public int argumentCount() {
      return arguments == null ? 0 : arguments.length;
    }

    /** Returns the argument at the given index, which must not be null. */
    public Object argument(int index) {
      return Objects.requireNonNull(Objects.requireNonNull(arguments, "no arguments")[index]);
    }

    /** Passes the call to the target of {@link TestDouble#around}, and returns the result. */
    public @Nullable Object proceed() throws Throwable {
      return proceed(target);
    }

    private @Nullable Object proceed(@Nullable Object receiver) throws Throwable {
      try {
        return method.invoke(receiver, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    @Override
    public String toString() {
      return method.toString();
    }
  }

  /** Returns an object that passes each call to a handler. */
  public static <T> T of(Class<T> type, Handler handler) {
    return create(type, null, handler);
  }

  /** Returns an object that passes each call to the target that is supplied for this call. */
  public static <T> T delegate(Class<T> type, Supplier<? extends T> target) {
    return create(type, null, call -> call.proceed(target.get()));
  }

  /** Returns an object whose handler can pass calls on to a target. */
  public static <T> T around(Class<T> type, T target, Handler handler) {
    return create(type, target, handler);
  }

  private static <T> T create(Class<T> type, @Nullable Object target, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> handler.handle(new Call(target, method, arguments))));
  }
}
