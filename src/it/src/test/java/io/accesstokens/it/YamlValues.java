package io.accesstokens.it;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads single values from YAML documents. */
final class YamlValues {

  private YamlValues() {}

  static Object parse(String yaml) {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
  }

  /**
   * Returns the YAML value at a path of mapping names and list indexes.
   *
   * @throws NullPointerException if there is no value
   */
  static Object at(Object yaml, Object... path) {
    Object found = yaml;
    for (Object step : path) {
      found =
          Objects.requireNonNull(
              found instanceof List<?> list
                  ? list.get((Integer) step)
                  : ((Map<?, ?>) found).get(step),
              () -> "nothing is at " + step);
    }
    return found;
  }

  /** Returns the mapping at a path. See {@link #at}. */
  static Map<?, ?> map(Object yaml, Object... path) {
    return (Map<?, ?>) at(yaml, path);
  }
}
