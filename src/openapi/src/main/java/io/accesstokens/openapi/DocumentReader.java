package io.accesstokens.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.core.util.Yaml31;
import io.swagger.v3.jaxrs2.DefaultParameterExtension;
import io.swagger.v3.jaxrs2.Reader;
import io.swagger.v3.jaxrs2.ext.OpenAPIExtensions;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Adds the operations and schemas of the resources to the document in {@code document.yaml}, by
 * these rules:
 *
 * <ul>
 *   <li>{@link AccessExtension} describes who may call an operation.
 *   <li>{@link RecordConverter} finds the required members of a schema in the components of its
 *       record.
 *   <li>An error response without content is a problem document.
 *   <li>A path parameter that {@code document.yaml} defines is replaced by a reference to this
 *       definition.
 *   <li>Components and tags that nothing uses are removed.
 * </ul>
 *
 * <p>The OpenAPI plugin creates an instance by the name of this class.
 */
public final class DocumentReader extends Reader {

  private static final String DOCUMENT = "document.yaml";

  /** Creates a reader. Sets the extensions, which are static and apply to all readers. */
  public DocumentReader() {
    OpenAPIExtensions.setExtensions(
        List.of(new AccessExtension(), new DefaultParameterExtension()));
  }

  /** Returns the complete document. */
  @Override
  public OpenAPI read(Set<Class<?>> classes, Map<String, Object> resources) {
    ModelConverters converters = ModelConverters.getInstance(true);
    RecordConverter records = new RecordConverter();
    converters.addConverter(records);
    OpenAPI read = super.read(classes, resources);
    converters.removeConverter(records); // the converters are static
    OpenAPI document = document();
    document.setPaths(read.getPaths());
    document.getComponents().getSchemas().putAll(read.getComponents().getSchemas());
    operations(document).forEach(operation -> complete(operation, document.getComponents()));
    removeUnused(document);
    return document;
  }

  private static OpenAPI document() {
    try (InputStream in = DocumentReader.class.getResourceAsStream(DOCUMENT)) {
      return Yaml31.mapper().readValue(in, OpenAPI.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Operation> operations(OpenAPI document) {
    return document.getPaths().values().stream()
        .map(PathItem::readOperations)
        .flatMap(List::stream)
        .toList();
  }

  private static void complete(Operation operation, Components components) {
    operation.getResponses().forEach(DocumentReader::complete);
    if (operation.getParameters() != null) {
      operation.getParameters().replaceAll(parameter -> shared(parameter, components));
    }
  }

  private static void complete(String status, ApiResponse response) {
    if (response.getHeaders() != null) {
      response.getHeaders().values().stream()
          .filter(header -> header.get$ref() != null)
          .forEach(header -> header.setStyle(null)); // a reference has no other member
    }
    if (status.compareTo("400") >= 0
        && response.get$ref() == null
        && response.getContent() == null) {
      MediaType problem = new MediaType().schema(new Schema<>().$ref("Problem"));
      response.setContent(new Content().addMediaType("application/problem+json", problem));
    }
  }

  private static Parameter shared(Parameter parameter, Components components) {
    boolean same =
        "path".equals(parameter.getIn())
            && components.getParameters().containsKey(parameter.getName());
    return same ? new Parameter().$ref(parameter.getName()) : parameter;
  }

  private static void removeUnused(OpenAPI document) {
    Set<String> used = references(Json31.mapper().valueToTree(document));
    Components components = document.getComponents();
    retain(components.getSchemas(), "schemas", used);
    retain(components.getResponses(), "responses", used);
    retain(components.getParameters(), "parameters", used);
    retain(components.getHeaders(), "headers", used);
    Set<String> tags =
        operations(document).stream()
            .map(Operation::getTags)
            .flatMap(List::stream)
            .collect(Collectors.toSet());
    document.getTags().removeIf(tag -> !tags.contains(tag.getName()));
  }

  /** Returns all references that the paths need, directly or through other components. */
  private static Set<String> references(JsonNode document) {
    Set<String> used = new HashSet<>();
    Deque<JsonNode> left = new ArrayDeque<>(List.of(document.get("paths")));
    while (!left.isEmpty()) {
      for (String reference : left.remove().findValuesAsText("$ref")) {
        if (used.add(reference)) {
          left.add(document.at(reference.substring(1)));
        }
      }
    }
    return used;
  }

  private static void retain(@Nullable Map<String, ?> components, String kind, Set<String> used) {
    if (components != null) {
      components.keySet().removeIf(name -> !used.contains("#/components/" + kind + "/" + name));
    }
  }
}
