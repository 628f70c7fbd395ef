package com.example.catalog;

// region: refusal
import io.accesstokens.auth.header.BearerChallenge;
import io.quarkus.security.ForbiddenException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

public class RefusalMapper {

  @ServerExceptionMapper
  Response forbidden(ForbiddenException refusal, ResourceInfo resource) {
    RolesAllowed roles = resource.getResourceMethod().getAnnotation(RolesAllowed.class);
    String scope = roles == null ? "" : roles.value()[0];
    return Response.status(Response.Status.FORBIDDEN)
        .header(HttpHeaders.WWW_AUTHENTICATE, BearerChallenge.insufficientScope(scope))
        .build();
  }
}
// endregion
