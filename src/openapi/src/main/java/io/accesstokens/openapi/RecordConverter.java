package io.accesstokens.openapi;

import com.fasterxml.jackson.databind.JavaType;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Derives from the types of a record's components which members of its schema are required, and
 * which can be null:
 *
 * <ul>
 *   <li>A component without {@code @Nullable} is required.
 *   <li>A {@code @Nullable} component that JSON-B writes as null is required and can be null.
 *   <li>Any other {@code @Nullable} component is optional.
 * </ul>
 */
final class RecordConverter implements ModelConverter {

  @Override
  public @Nullable Schema<?> resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
    Schema<?> schema = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
    JavaType javaType = Json31.mapper().constructType(type.getType());
    if (schema != null && javaType.getRawClass().isRecord()) {
      Schema<?> model = schema;
      String reference = schema.get$ref();
      if (reference != null) {
        String name = reference.substring(reference.lastIndexOf('/') + 1);
        model = context.getDefinedModels().get(name);
      }
      if (model != null && model.getProperties() != null) {
        complete(model, javaType.getRawClass());
      }
    }
    return schema;
  }

  @SuppressWarnings("rawtypes") // in the signature of getProperties
  private static void complete(Schema<?> model, Class<?> record) {
    Set<String> required = new TreeSet<>();
    for (RecordComponent component : record.getRecordComponents()) {
      String name = name(component);
      Schema member = model.getProperties().get(name);
      if (member == null) {
        continue;
      }
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      if (!nullable) {
        required.add(name);
      } else if (isWritten(component, record)) {
        required.add(name);
        model.getProperties().put(name, orNull(member));
      }
    }
    model.setRequired(required.isEmpty() ? null : new ArrayList<>(required));
  }

  private static String name(RecordComponent component) {
    io.swagger.v3.oas.annotations.media.Schema schema =
        component.getAccessor().getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
    return schema == null || schema.name().isEmpty() ? component.getName() : schema.name();
  }

  /** Returns true if JSON-B writes a null value of the component. */
  private static boolean isWritten(RecordComponent component, Class<?> record) {
    AnnotatedElement nearest =
        component.getAccessor().isAnnotationPresent(JsonbNillable.class)
            ? component.getAccessor()
            : record;
    JsonbNillable nillable = nearest.getAnnotation(JsonbNillable.class);
    return nillable != null && nillable.value();
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // in the signature of getProperties
  private static Schema<?> orNull(Schema schema) {
    if (schema.get$ref() != null) {
      return new JsonSchema()
          .description(schema.getDescription())
          .anyOf(
              List.of(
                  new JsonSchema().$ref(schema.get$ref()), new JsonSchema().types(Set.of("null"))));
    }
    if (schema.getTypes() != null) {
      schema.addType("null");
    }
    return schema;
  }
}
