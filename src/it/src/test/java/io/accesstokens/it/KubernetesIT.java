package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.SettingsLoader;
import io.accesstokens.login.password.PasswordHash;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.program.ServerPrograms;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Tests the Kubernetes manifests without a cluster. kubectl renders them, the classes of a client
 * library read them strictly, and a process starts with the environment and the files of the pod.
 */
class KubernetesIT {

  private static final Path OVERLAYS = Path.of("config/kubernetes/overlays");
  private static final Path COMPONENTS = Path.of("config/kubernetes/components");
  private static final Manifests MARIADB = Manifests.render(OVERLAYS.resolve("mariadb"));

  /** The maximum time for which a pod waits while another one migrates the schema. */
  private static final int MIGRATION_LOCK_SECONDS = 600;

  private static final String DEPLOYMENT = "apps/v1/Deployment";

  /** The selector of a job in a query, whose quotes are escaped in JSON. */
  private static final Pattern JOB = Pattern.compile("\\bjob=\\\\?\"([^\"\\\\]*)");

  private static PodSpec pod(Manifests manifests) {
    return manifests.the(Deployment.class).getSpec().getTemplate().getSpec();
  }

  private static Container container(Manifests manifests) {
    List<Container> containers = pod(manifests).getContainers();
    assertEquals(1, containers.size());
    return containers.get(0);
  }

  /** Returns the pods that run a command. */
  private static PodTemplateSpec command(Manifests manifests) {
    return manifests.the(CronJob.class).getSpec().getJobTemplate().getSpec().getTemplate();
  }

  private static Map<String, String> labels(Manifests manifests) {
    return manifests.the(Deployment.class).getSpec().getTemplate().getMetadata().getLabels();
  }

  private static Map<String, String> settings(Manifests manifests) {
    return new TreeMap<>(manifests.the(ConfigMap.class).getData());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "postgresql"})
  void overlayHasEveryObjectAndNoUnknownField(String overlay) {
    Manifests manifests = Manifests.render(OVERLAYS.resolve(overlay));
    assertEquals(
        List.of(
            "apps/v1/Deployment",
            "autoscaling/v2/HorizontalPodAutoscaler",
            "batch/v1/CronJob",
            Manifests.POD_MONITOR,
            Manifests.PROMETHEUS_RULE,
            "networking.k8s.io/v1/NetworkPolicy",
            "policy/v1/PodDisruptionBudget",
            "v1/ConfigMap",
            "v1/Namespace",
            "v1/Service",
            "v1/ServiceAccount"),
        manifests.kinds());
    String namespace = manifests.the(Namespace.class).getMetadata().getName();
    assertEquals(
        Set.of(namespace),
        manifests.objects().stream()
            .filter(object -> !(object instanceof Namespace))
            .map(object -> object.getMetadata().getNamespace())
            .collect(Collectors.toSet()));
    String url = settings(manifests).getOrDefault("ACCESSTOKENS_DATABASE_URL", "");
    assertTrue(url.startsWith("jdbc:" + overlay), url);
  }

  @Test
  void unknownFieldIsRefused() {
    Map<String, Object> tree = new HashMap<>();
    MARIADB.tree(DEPLOYMENT).forEach((key, value) -> tree.put((String) key, value));
    assertEquals("access-tokens", Manifests.parse(tree, Deployment.class).getMetadata().getName());
    tree.put("spec", Map.of("template", Map.of("spec", Map.of("readOnlyRootFileSystem", true))));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Manifests.parse(tree, Deployment.class));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("readOnlyRootFileSystem"), refused::toString);
  }

  @Test
  void podKeepsTheRestrictedStandard() {
    assertEquals(
        "restricted",
        MARIADB
            .the(Namespace.class)
            .getMetadata()
            .getLabels()
            .get("pod-security.kubernetes.io/enforce"));
    PodSpec pod = pod(MARIADB);
    assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
    assertEquals(ContainerImage.USER, pod.getSecurityContext().getRunAsUser());
    assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
    Container container = container(MARIADB);
    assertEquals(false, container.getSecurityContext().getAllowPrivilegeEscalation());
    assertEquals(true, container.getSecurityContext().getReadOnlyRootFilesystem());
    assertEquals(List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
    assertEquals(List.of(), container.getSecurityContext().getCapabilities().getAdd());
    assertEquals(false, pod.getAutomountServiceAccountToken());
    assertEquals(false, MARIADB.the(ServiceAccount.class).getAutomountServiceAccountToken());
    assertEquals(false, pod.getEnableServiceLinks());
    assertEquals(
        container.getResources().getLimits().get("memory"),
        container.getResources().getRequests().get("memory"));
    assertTrue(container.getResources().getRequests().containsKey("cpu"), "no request of CPU");
  }

  @Test
  void objectsBelongToThePods() {
    Map<String, String> labels = labels(MARIADB);
    assertEquals(labels, MARIADB.the(Deployment.class).getSpec().getSelector().getMatchLabels());
    assertEquals(labels, MARIADB.the(Service.class).getSpec().getSelector());
    assertEquals(
        labels, MARIADB.the(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels());
    for (TopologySpreadConstraint spread : pod(MARIADB).getTopologySpreadConstraints()) {
      assertEquals(labels, spread.getLabelSelector().getMatchLabels());
    }
    HorizontalPodAutoscaler scaler = MARIADB.the(HorizontalPodAutoscaler.class);
    assertEquals(3, scaler.getSpec().getMinReplicas());
    assertEquals("access-tokens", scaler.getSpec().getScaleTargetRef().getName());
    assertEquals(
        labels.toString(),
        at(MARIADB.tree(Manifests.POD_MONITOR), "spec", "selector", "matchLabels").toString());
  }

  /** The Service sends requests to each pod that it selects, and the Deployment counts it. */
  @Test
  void onlyTheNetworkPolicySelectsThePodsOfCommands() {
    LabelSelector admitted = MARIADB.the(NetworkPolicy.class).getSpec().getPodSelector();
    assertEquals(Map.of(), admitted.getMatchLabels());
    assertEquals(1, admitted.getMatchExpressions().size(), admitted::toString);
    LabelSelectorRequirement name = admitted.getMatchExpressions().get(0);
    assertEquals("In", name.getOperator());
    Map<String, String> commands = command(MARIADB).getMetadata().getLabels();
    assertEquals(
        List.of(labels(MARIADB).get(name.getKey()), commands.get(name.getKey())), name.getValues());
    Map<String, String> selected = MARIADB.the(Service.class).getSpec().getSelector();
    assertEquals(labels(MARIADB), selected);
    assertFalse(
        commands.entrySet().containsAll(selected.entrySet()), "the Service selects " + commands);
    assertEquals(
        Map.of("app.kubernetes.io/component", "command", "app.kubernetes.io/name", "access-tokens"),
        MARIADB.the(CronJob.class).getMetadata().getLabels());
    assertEquals(
        1,
        MARIADB.objects().stream()
            .filter(object -> object.getMetadata().getLabels() != null)
            .filter(
                object ->
                    object.getMetadata().getLabels().containsKey("app.kubernetes.io/component"))
            .count(),
        "objects that the selector of an upgrade applies");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void podOfACommandHasTheSettingsAndRestrictionsOfTheServer(boolean tls) throws Exception {
    Manifests manifests = tls ? withTls() : MARIADB;
    assertEquals(true, manifests.the(CronJob.class).getSpec().getSuspend());
    PodSpec command = command(manifests).getSpec();
    assertEquals("Never", command.getRestartPolicy());
    PodSpec server = pod(manifests);
    assertEquals(server.getServiceAccountName(), command.getServiceAccountName());
    assertEquals(
        server.getAutomountServiceAccountToken(), command.getAutomountServiceAccountToken());
    assertEquals(server.getEnableServiceLinks(), command.getEnableServiceLinks());
    assertEquals(server.getSecurityContext(), command.getSecurityContext());
    assertEquals(server.getVolumes(), command.getVolumes());
    assertEquals(1, command.getContainers().size());
    Container expected = container(manifests);
    Container actual = command.getContainers().get(0);
    assertEquals(expected.getImage(), actual.getImage());
    assertEquals(expected.getEnvFrom(), actual.getEnvFrom());
    assertEquals(expected.getVolumeMounts(), actual.getVolumeMounts());
    assertEquals(expected.getSecurityContext(), actual.getSecurityContext());
    assertEquals(expected.getResources(), actual.getResources());
    assertEquals(null, actual.getLivenessProbe(), "a command does not listen");
  }

  @Test
  void documentedFunctionRunsACommandInAPod() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    Path folder = WarProcess.inNewFolder().folder();
    Map<String, String> environment = mounted(folder, database.password());
    environment.put("ACCESSTOKENS_DATABASE_URL", database.url());
    environment.put("ACCESSTOKENS_DATABASE_USER", database.user());
    List<String> documented = createdJob(folder).getArgs();
    assertEquals(List.of("migrate", "--dry-run"), documented);
    String pending = output(folder, environment, documented);
    assertTrue(pending.contains("pending "), pending);
    output(folder, environment, command(MARIADB).getSpec().getContainers().get(0).getArgs());
    String migrated = output(folder, environment, documented);
    assertTrue(migrated.contains("the schema is up to date"), migrated);
    output(folder, environment, List.of("rotate-keys"));
  }

  /** Runs the container of a command, and returns its output. */
  private static String output(Path folder, Map<String, String> environment, List<String> arguments)
      throws Exception {
    Path log = folder.resolve("command.log");
    Process process =
        ContainerImage.ofBuild().container(folder, environment, arguments).start(0, log);
    assertTrue(process.waitFor(3, TimeUnit.MINUTES), "the command runs for three minutes");
    assertEquals(0, process.exitValue(), Files.readString(log));
    return Files.readString(log);
  }

  /**
   * Runs the documented function, and returns the container of the job that it creates. A script
   * responds to the calls that need a cluster.
   */
  private static Container createdJob(Path folder) throws Exception {
    Map<?, ?> template = (Map<?, ?>) at(MARIADB.tree("batch/v1/CronJob"), "spec", "jobTemplate");
    Map<String, Object> job =
        Map.of(
            "apiVersion",
            "batch/v1",
            "kind",
            "Job",
            "metadata",
            Map.of("name", "command-1", "namespace", "access-tokens"),
            "spec",
            at(template, "spec"));
    Path made = ContainerImage.file(folder, "job.json", new ObjectMapper().writeValueAsString(job));
    Path created = folder.resolve("created.yaml");
    Path kubectl =
        ContainerImage.file(
            folder.resolve("bin"),
            "kubectl",
            """
            #!/bin/sh
            case "$*" in
              "-n access-tokens create job command-"*" --from=cronjob/access-tokens-command "*) cat '%s' ;;
              "patch "*) exec '%s' "$@" ;;
              "-n access-tokens create -f -") cat >'%s' ;;
              "-n access-tokens logs "* | "-n access-tokens wait "*) ;;
              *) echo "unexpected: $*" >&2; exit 1 ;;
            esac
            """
                .formatted(made, ServerPrograms.kubectl().toAbsolutePath(), created));
    assertTrue(kubectl.toFile().setExecutable(true), "the script can be run");
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-c", "set -eu\n" + block("run a command"))
            .redirectErrorStream(true);
    shell.environment().put("PATH", kubectl.getParent() + ":" + System.getenv("PATH"));
    Process process = shell.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    Map<?, ?> tree =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(created));
    List<Container> containers =
        Manifests.parse(tree, Job.class).getSpec().getTemplate().getSpec().getContainers();
    assertEquals(1, containers.size());
    return containers.get(0);
  }

  /** Returns the code block of the page after the comment with this title. */
  private static String block(String title) throws IOException {
    return CodeBlocks.named(Path.of("src/docs/run-on-kubernetes.md"), "kubernetes: " + title);
  }

  @Test
  void documentedPatchMountsAVolumeForArchives() throws Exception {
    Path folder = Files.createDirectories(Path.of("target/it/kustomize-archive")).toAbsolutePath();
    ContainerImage.file(folder, "archive.yaml", block("volume of archives"));
    ContainerImage.file(
        folder,
        "kustomization.yaml",
        """
        resources:
          - %s
        patches:
          - path: archive.yaml
            target:
              kind: CronJob
        """
            .formatted(folder.relativize(OVERLAYS.resolve("mariadb").toAbsolutePath())));
    PodSpec command = command(Manifests.render(folder)).getSpec();
    List<VolumeMount> mounts = command.getContainers().get(0).getVolumeMounts();
    VolumeMount archive = mounts.get(mounts.size() - 1);
    assertEquals("/archive", archive.getMountPath());
    assertEquals(
        archive.getName(), command.getVolumes().get(command.getVolumes().size() - 1).getName());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void documentedPhaseUsesTheMountedEncryptionKeys(int phase) throws Exception {
    Path folder = WarProcess.inNewFolder().folder();
    Map<String, String> environment = mounted(folder, "secret");
    ContainerImage.file(
        folder.resolve("etc/signing"),
        "encryption-key-2",
        Base64.getEncoder().encodeToString(new byte[32]));
    for (String line : block("encryption key, phase " + phase).lines().toList()) {
      String[] literal = line.strip().substring("- ".length()).split("=", 2);
      environment.put(
          literal[0], literal[1].replace("/etc/access-tokens/", folder.resolve("etc") + "/"));
    }
    Configuration configuration =
        new SettingsLoader(Map.of(), Map.of(), environment, folder).load();
    assertEquals(List.of(), configuration.warnings());
    assertEquals(
        "encryption-key" + (phase == 1 ? "" : "-2"),
        Path.of(environment.get("ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY_FILE"))
            .getFileName()
            .toString());
    assertEquals(
        "encryption-key" + (phase == 1 ? "-2" : ""),
        Path.of(environment.get("ACCESSTOKENS_PERSONAL_PREVIOUSENCRYPTIONKEY_FILE"))
            .getFileName()
            .toString());
    assertTrue(
        configuration.settings().personal().previousEncryptionKey().isPresent(),
        "the previous key is read");
  }

  @Test
  void podMonitorSetsTheJobOfTheRulesAndTheDashboard() throws IOException {
    Object label = at(MARIADB.tree(Manifests.POD_MONITOR), "spec", "jobLabel");
    String job = labels(MARIADB).get(label);
    for (String file : List.of("rules.yaml", "dashboard.json")) {
      String text = Files.readString(Path.of("config/observability", file));
      Set<String> selected =
          JOB.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toSet());
      assertEquals(Set.of(job), selected, file);
    }
  }

  @Test
  void prometheusRuleHasTheSameRules() throws IOException {
    Object rules =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(Path.of("config/observability/rules.yaml")));
    assertEquals(
        at(rules, "groups"),
        at(MARIADB.tree(Manifests.PROMETHEUS_RULE), "spec", "groups"),
        "the comment in prometheusrule.yaml has the command that writes the rules again");
  }

  @Test
  void documentedPatchLabelsTheMonitorAndTheRules() throws Exception {
    String page = Files.readString(Path.of("src/docs/run-on-kubernetes.md"));
    int begin = page.indexOf("     # The Prometheus Operator selects this label.");
    Path folder = Files.createDirectories(Path.of("target/it/kustomize-label")).toAbsolutePath();
    ContainerImage.file(
        folder,
        "kustomization.yaml",
        """
        resources:
          - %s
        patches:
        """
                .formatted(folder.relativize(OVERLAYS.resolve("mariadb").toAbsolutePath()))
            + page.substring(begin, page.indexOf("```", begin)).stripTrailing()
            + '\n');
    Manifests manifests = Manifests.render(folder);
    for (String kind : List.of(Manifests.POD_MONITOR, Manifests.PROMETHEUS_RULE)) {
      assertEquals(
          Map.of("release", "kube-prometheus-stack"),
          at(manifests.tree(kind), "metadata", "labels"),
          kind);
    }
    assertEquals(
        at(MARIADB.tree(DEPLOYMENT), "metadata"), at(manifests.tree(DEPLOYMENT), "metadata"));
  }

  private static Object at(Object tree, String... path) {
    Object value = tree;
    for (String key : path) {
      value = Objects.requireNonNull(((Map<?, ?>) value).get(key), key);
    }
    return value;
  }

  @Test
  void probesUseTheHealthChecks() {
    Container container = container(MARIADB);
    assertProbe("/health/live", container.getStartupProbe());
    assertProbe("/health/ready", container.getReadinessProbe());
    assertProbe("/health/live", container.getLivenessProbe());
    Probe startup = container.getStartupProbe();
    assertTrue(
        startup.getPeriodSeconds() * startup.getFailureThreshold() > MIGRATION_LOCK_SECONDS,
        startup::toString);
    Map<String, String> settings = settings(MARIADB);
    assertEquals(
        Map.of(
            "http", settings.get("ACCESSTOKENS_PORT"),
            "management", settings.get("ACCESSTOKENS_MANAGEMENT_PORT")),
        container.getPorts().stream()
            .collect(
                Collectors.toMap(
                    port -> port.getName(), port -> port.getContainerPort().toString())));
    assertEquals(
        "http", MARIADB.the(Service.class).getSpec().getPorts().get(0).getTargetPort().getStrVal());
  }

  private static void assertProbe(String path, Probe probe) {
    assertEquals(path, probe.getHttpGet().getPath());
    assertEquals("http", probe.getHttpGet().getPort().getStrVal());
  }

  /** The balancer must notice the failed readiness check before the server stops listening. */
  @Test
  void podHasTimeToStop() {
    int delay = Integer.parseInt(settings(MARIADB).get("ACCESSTOKENS_SHUTDOWN_DELAYSECONDS"));
    Probe ready = container(MARIADB).getReadinessProbe();
    assertTrue(delay > ready.getPeriodSeconds() * ready.getFailureThreshold(), "delay: " + delay);
    long grace = pod(MARIADB).getTerminationGracePeriodSeconds();
    assertTrue(grace >= delay + 30, "grace period: " + grace);
    var update = MARIADB.the(Deployment.class).getSpec().getStrategy().getRollingUpdate();
    assertEquals(0, update.getMaxUnavailable().getIntVal());
  }

  @Test
  void everySecretIsMountedByReference() {
    assertFalse(MARIADB.kinds().contains("v1/Secret"), "the manifests contain a secret");
    Container container = container(MARIADB);
    assertEquals(List.of(), container.getEnv());
    assertEquals(
        List.of(MARIADB.the(ConfigMap.class).getMetadata().getName()),
        container.getEnvFrom().stream()
            .map(EnvFromSource::getConfigMapRef)
            .map(reference -> reference.getName())
            .toList());
    assertEquals(
        Map.of(
            "database", "access-tokens-database",
            "signing", "access-tokens-signing",
            "users", "access-tokens-users"),
        pod(MARIADB).getVolumes().stream()
            .filter(volume -> volume.getSecret() != null)
            .collect(
                Collectors.toMap(Volume::getName, volume -> volume.getSecret().getSecretName())));
    Set<String> mounted =
        container.getVolumeMounts().stream().map(VolumeMount::getName).collect(Collectors.toSet());
    assertEquals(
        pod(MARIADB).getVolumes().stream().map(Volume::getName).collect(Collectors.toSet()),
        mounted);
  }

  private static Manifests withTls() throws IOException {
    Path here = Files.createDirectories(Path.of("target/it/kustomize-tls")).toAbsolutePath();
    ContainerImage.file(
        here,
        "kustomization.yaml",
        """
        resources:
          - %s
        components:
          - %s
        """
            .formatted(
                here.relativize(OVERLAYS.resolve("mariadb").toAbsolutePath()),
                here.relativize(COMPONENTS.resolve("tls").toAbsolutePath())));
    return Manifests.render(here);
  }

  @Test
  void tlsComponentServesHttpsFromAMountedCertificate() throws Exception {
    Manifests manifests = withTls();
    Container container = container(manifests);
    for (Probe probe :
        List.of(
            container.getStartupProbe(),
            container.getReadinessProbe(),
            container.getLivenessProbe())) {
      assertEquals("HTTPS", probe.getHttpGet().getScheme());
    }
    String mounted =
        container.getVolumeMounts().stream()
            .filter(mount -> mount.getName().equals("tls"))
            .findFirst()
            .orElseThrow()
            .getMountPath();
    assertEquals(mounted + "/tls.crt", settings(manifests).get("ACCESSTOKENS_TLS_CERTIFICATE"));
    assertEquals(mounted + "/tls.key", settings(manifests).get("ACCESSTOKENS_TLS_KEY"));
    assertEquals(
        settings(MARIADB).get("ACCESSTOKENS_DATABASE_URL"),
        settings(manifests).get("ACCESSTOKENS_DATABASE_URL"));
  }

  @ParameterizedTest
  @CsvSource({"mariadb, 3306", "postgresql, 5432"})
  void networkPolicyAdmitsOnlyTheIngressControllerAndTheMonitoring(String overlay, int port) {
    Manifests manifests = Manifests.render(OVERLAYS.resolve(overlay));
    NetworkPolicySpec policy = manifests.the(NetworkPolicy.class).getSpec();
    assertEquals(Set.of("Ingress", "Egress"), Set.copyOf(policy.getPolicyTypes()));
    Map<String, String> settings = settings(manifests);
    assertEquals(
        List.of(
            "namespace ingress-nginx TCP " + settings.get("ACCESSTOKENS_PORT"),
            "namespace monitoring TCP " + settings.get("ACCESSTOKENS_MANAGEMENT_PORT")),
        ingress(policy));
    assertEquals(
        List.of(
            "namespace kube-system UDP 53",
            "namespace kube-system TCP 53",
            "address 192.0.2.10/32 TCP " + port),
        policy.getEgress().stream()
            .flatMap(rule -> allowed(rule.getTo(), rule.getPorts()))
            .toList());
  }

  @Test
  void documentedPatchAdmitsOtherNamespaces() throws Exception {
    String page = Files.readString(Path.of("src/docs/run-on-kubernetes.md"));
    int begin = page.indexOf("# Pods in the namespace shop");
    Path folder =
        Files.createDirectories(Path.of("target/it/kustomize-namespaces")).toAbsolutePath();
    ContainerImage.file(
        folder, "networkpolicy.yaml", page.substring(begin, page.indexOf("```", begin)));
    ContainerImage.file(
        folder,
        "kustomization.yaml",
        """
        resources:
          - %s
        patches:
          - path: networkpolicy.yaml
            target:
              kind: NetworkPolicy
              name: access-tokens
        """
            .formatted(folder.relativize(OVERLAYS.resolve("mariadb").toAbsolutePath())));
    assertEquals(
        List.of(
            "namespace ingress-nginx TCP 8080",
            "namespace observability TCP 9090",
            "namespace shop TCP 8080"),
        ingress(Manifests.render(folder).the(NetworkPolicy.class).getSpec()));
  }

  private static List<String> ingress(NetworkPolicySpec policy) {
    return policy.getIngress().stream()
        .flatMap(rule -> allowed(rule.getFrom(), rule.getPorts()))
        .toList();
  }

  /** Returns each pair of a peer and a port. An absent list allows every peer or every port. */
  private static Stream<String> allowed(
      List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {
    List<String> names =
        peers.isEmpty() ? List.of("everyone") : peers.stream().map(KubernetesIT::name).toList();
    List<String> numbers =
        ports.isEmpty()
            ? List.of("every port")
            : ports.stream()
                .map(port -> port.getProtocol() + " " + port.getPort().getIntVal())
                .toList();
    return names.stream().flatMap(name -> numbers.stream().map(number -> name + " " + number));
  }

  private static String name(NetworkPolicyPeer peer) {
    if (peer.getIpBlock() != null) {
      return "address " + peer.getIpBlock().getCidr();
    }
    Map<String, String> labels = new TreeMap<>(peer.getNamespaceSelector().getMatchLabels());
    String namespace = labels.remove("kubernetes.io/metadata.name");
    assertEquals(Map.of(), labels, "further labels");
    assertEquals(null, peer.getPodSelector(), "pods");
    return "namespace " + namespace;
  }

  /** A stop of the machine can cause warnings, for example about a lost connection. */
  @Test
  void podStartsAndWritesOnlyIntoItsVolume() throws Exception {
    TimeLimits.repeatAfterStop(KubernetesIT::startPod);
  }

  private static void startPod() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    Path folder = WarProcess.inNewFolder().folder();
    Map<String, String> environment = mounted(folder, database.password());
    Configuration configuration =
        new SettingsLoader(Map.of(), Map.of(), environment, folder).load();
    assertEquals(List.of(), configuration.warnings());
    environment.put("ACCESSTOKENS_DATABASE_URL", database.url());
    environment.put("ACCESSTOKENS_DATABASE_USER", database.user());
    environment.put("ACCESSTOKENS_SHUTDOWN_DELAYSECONDS", "1");
    environment.put("ACCESSTOKENS_MANAGEMENT_PORT", "0");
    try (RunningApplication application =
        RunningApplication.start(
            ContainerImage.ofBuild().container(folder, environment, List.of()))) {
      assertEquals(
          200,
          application.api().basic("erin", "mounted").get("/api/access-tokens/service").status());
      application.api().get(container(MARIADB).getLivenessProbe().getHttpGet().getPath()).ok();
      int exit = application.stop();
      assertTrue(exit == 0 || exit == 143, "exit code " + exit);
      assertFalse(application.log().matches("(?s).*\\b(WARNING|ERROR)\\b.*"), application.log());
      try (var left = Files.list(folder.resolve("tmp"))) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  /** Creates the mounted files, and returns the settings with the paths of this machine. */
  private static Map<String, String> mounted(Path folder, String password) throws IOException {
    Map<String, String> files =
        Map.of(
            "database/password",
            password + "\n",
            "database/ca.crt",
            "",
            "signing/encryption-key",
            Base64.getEncoder().encodeToString(new byte[32]) + "\n",
            "users/people.yaml",
            people(),
            "groups/groups.yaml",
            Files.readString(Path.of("config/groups.yaml")));
    for (Map.Entry<String, String> file : files.entrySet()) {
      String[] path = file.getKey().split("/", 2);
      ContainerImage.file(folder.resolve("etc").resolve(path[0]), path[1], file.getValue());
    }
    Map<String, String> settings = settings(MARIADB);
    for (VolumeMount mount : container(MARIADB).getVolumeMounts()) {
      Path here = folder.resolve("etc").resolve(mount.getName());
      if (!mount.getName().equals("temporary")) {
        assertTrue(
            settings.values().stream().anyMatch(value -> value.contains(mount.getMountPath())),
            mount.getMountPath());
      }
      settings.replaceAll((name, value) -> value.replace(mount.getMountPath() + "/", here + "/"));
    }
    assertFalse(settings.toString().contains("/etc/access-tokens"), settings.toString());
    return settings;
  }

  private static String people() {
    return """
    people:
      - username: erin
        userEntityRef: user:default/erin
        password: %s
    """
        .formatted(PasswordHash.create("mounted".toCharArray()).text());
  }
}
