package io.accesstokens.it;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.accesstokens.testing.program.Kustomize;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Rendered Kubernetes manifests, each read into the class of its kind. */
final class Manifests {

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "v1/Namespace", Namespace.class,
          "v1/ServiceAccount", ServiceAccount.class,
          "batch/v1/CronJob", CronJob.class,
          "rbac.authorization.k8s.io/v1/Role", Role.class,
          "v1/ConfigMap", ConfigMap.class,
          "v1/Service", Service.class,
          "apps/v1/Deployment", Deployment.class,
          "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
          "autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
          "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class);

  /** A resource of the Prometheus Operator, for which there is no class. */
  static final String POD_MONITOR = "monitoring.coreos.com/v1/PodMonitor";

  /** A resource of the Prometheus Operator, for which there is no class. */
  static final String PROMETHEUS_RULE = "monitoring.coreos.com/v1/PrometheusRule";

  /** Refuses unknown fields. Without the introspector, the classes would collect unknown fields. */
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              });

  private final Map<String, Map<?, ?>> trees = new HashMap<>();
  private final Map<String, HasMetadata> objects = new HashMap<>();

  /**
   * Renders the manifests of a directory.
   *
   * @throws IllegalArgumentException if an object has an unknown field or a value of another type
   */
  static Manifests render(Path directory) {
    return of(Kustomize.render(directory));
  }

  /**
   * Reads manifests from a text.
   *
   * @throws IllegalArgumentException if an object has an unknown field or a value of another type
   */
  static Manifests of(String rendered) {
    Manifests manifests = new Manifests();
    for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(rendered)) {
      Map<?, ?> tree = (Map<?, ?>) document;
      String kind = tree.get("apiVersion") + "/" + tree.get("kind");
      if (manifests.trees.put(kind, tree) != null) {
        throw new IllegalArgumentException("two objects of the kind " + kind);
      }
      Class<? extends HasMetadata> type = KINDS.get(kind);
      if (type != null) {
        manifests.objects.put(kind, parse(tree, type));
      }
    }
    return manifests;
  }

  /**
   * Reads an object strictly.
   *
   * @throws IllegalArgumentException if the object has an unknown field or a value of another type
   */
  static <T> T parse(Map<?, ?> tree, Class<T> type) {
    return STRICT.convertValue(tree, type);
  }

  /** Returns the names of all kinds, as {@code apps/v1/Deployment}. */
  List<String> kinds() {
    return trees.keySet().stream().sorted().toList();
  }

  /** Returns all objects for whose kind there is a class. */
  List<HasMetadata> objects() {
    return new ArrayList<>(objects.values());
  }

  /** Returns the only object of a class. */
  <T extends HasMetadata> T the(Class<T> type) {
    return type.cast(objects.values().stream().filter(type::isInstance).findFirst().orElseThrow());
  }

  /** Returns the object of a kind as maps and lists. */
  Map<?, ?> tree(String kind) {
    return Objects.requireNonNull(trees.get(kind), kind);
  }
}
