package io.accesstokens.openapi;

import io.swagger.v3.jaxrs2.ext.AbstractOpenAPIExtension;
import io.swagger.v3.jaxrs2.ext.OpenAPIExtension;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Adds a sentence to the description of each operation. The sentence says who may call the
 * operation, and comes from the annotations that the server enforces. An operation with
 * {@code @PermitAll} needs no credential. If an operation with {@code @PermitAll} declares a
 * security scheme, a credential is optional.
 */
final class AccessExtension extends AbstractOpenAPIExtension {

  /** The role of every authenticated caller (Jakarta Servlet, section 13.3). */
  private static final String ANY = "**";

  @Override
  public void decorateOperation(
      Operation operation, Method method, Iterator<OpenAPIExtension> chain) {
    String access;
    if (method.isAnnotationPresent(PermitAll.class)) {
      List<SecurityRequirement> optional = operation.getSecurity();
      if (optional == null || optional.isEmpty()) {
        operation.setSecurity(List.of());
        access = "Needs no credential in `Authorization`.";
      } else {
        optional.add(0, new SecurityRequirement()); // no credential
        access = "A credential in `Authorization` is optional, and an invalid one is refused.";
      }
    } else {
      RolesAllowed roles =
          method.isAnnotationPresent(RolesAllowed.class)
              ? method.getAnnotation(RolesAllowed.class)
              : method.getDeclaringClass().getAnnotation(RolesAllowed.class);
      Objects.requireNonNull(roles, () -> method + " declares no access");
      String names = "`" + String.join("`, `", roles.value()) + "`.";
      if (roles.value().length > 1) {
        access = "Needs one of the permissions " + names;
      } else {
        access =
            roles.value()[0].equals(ANY)
                ? "Needs a valid credential."
                : "Needs the permission " + names;
      }
    }
    String own = operation.getDescription();
    operation.setDescription(own == null ? access : own + "\n\n" + access);
    super.decorateOperation(operation, method, chain);
  }
}
