package io.accesstokens.app.settings.source;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/** Implements the interfaces of the sections of settings. */
final class Sections {

  private final Schema schema;
  private final NavigableMap<String, Object> values;

  /**
   * Creates a factory of sections.
   *
   * @param values the converted values, by full name
   */
  Sections(Schema schema, NavigableMap<String, Object> values) {
    this.schema = schema;
    this.values = values;
  }

  /**
   * Returns an immutable implementation of a section. The method {@code toString} of the result
   * does not show the values.
   */
  <T> T section(String path, Class<T> type) {
    Map<String, Object> content = new HashMap<>();
    for (Method method : Schema.settingsOf(type)) {
      content.put(
          method.getName(), value(path + '.' + method.getName(), method.getGenericReturnType()));
    }
    Object section =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "toString" -> type.getSimpleName();
                  default -> content.get(method.getName());
                });
    return type.cast(section);
  }

  private Object value(String path, Type type) {
    if (type instanceof ParameterizedType generic) {
      Type argument = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == List.class) {
        return list(path, argument);
      }
      if (argument instanceof ParameterizedType listType) {
        List<?> list = list(path, listType.getActualTypeArguments()[0]);
        return list.isEmpty() ? Optional.empty() : Optional.of(list);
      }
      return Optional.ofNullable(values.get(path));
    }
    if (type == OptionalInt.class) {
      return values.get(path) instanceof Integer number
          ? OptionalInt.of(number)
          : OptionalInt.empty();
    }
    if (schema.isSection(path)) {
      return section(path, (Class<?>) type);
    }
    Object value = values.get(path);
    return value == null ? schema.leaf(path).orElseThrow().defaultOrThrow() : value;
  }

  private List<?> list(String path, Type element) {
    String start = path + '[';
    SortedSet<Integer> indexes = new TreeSet<>();
    for (String name : values.tailMap(start).keySet()) {
      if (!name.startsWith(start)) {
        break;
      }
      indexes.add(
          Integer.valueOf(name.substring(start.length(), name.indexOf(']', start.length()))));
    }
    // If a source has a list both as elements and as one text, the elements apply.
    if (indexes.isEmpty() && values.get(path) instanceof List<?> list) {
      return list;
    }
    return indexes.stream().map(index -> value(start + index + ']', element)).toList();
  }
}
