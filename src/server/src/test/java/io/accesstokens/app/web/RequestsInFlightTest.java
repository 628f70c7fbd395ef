package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.TestDouble;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.DynamicMBean;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationEmitter;
import javax.management.NotificationFilter;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsInFlightTest {

  private final List<String> watched = new ArrayList<>();

  /** Each service of a Tomcat has its own engine. */
  @ParameterizedTest
  @ValueSource(strings = {"Internal", "Public", "Zone"})
  void contextOfTheOwnEngineIsWatched(String engine) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    Set<String> engines = Set.of("Internal", "Public", "Zone");
    for (String each : engines) {
      server.registerMBean(new ContextBean(each), name(each));
    }
    try {
      RequestsInFlight requests = new RequestsInFlight();
      ServletContextEvent event = new ServletContextEvent(context(engine + "/localhost"));
      requests.contextInitialized(event);
      requests.contextDestroyed(event);
    } finally {
      for (String each : engines) {
        server.unregisterMBean(name(each));
      }
    }
    assertEquals(List.of(engine), watched);
  }

  /** Payara's name has no engine. */
  @Test
  void serverWithoutEngineHasNoNotifications() {
    new RequestsInFlight().contextInitialized(new ServletContextEvent(context("server")));
    assertEquals(List.of(), watched);
  }

  private static ObjectName name(String engine) throws Exception {
    return new ObjectName(engine + ":j2eeType=WebModule,name=//localhost/app,J2EEServer=none");
  }

  private static ServletContext context(String virtualServer) {
    return TestDouble.of(
        ServletContext.class,
        call ->
            switch (call.name()) {
              case "getVirtualServerName" -> virtualServer;
              case "getContextPath" -> "/app";
              case "getAttribute" -> null;
              default -> throw new AssertionError(call);
            });
  }

  /** An MBean of a context, as Tomcat registers it. */
  private final class ContextBean implements DynamicMBean {

    private final NotificationEmitter context;

    ContextBean(String engine) {
      context =
          new NotificationBroadcasterSupport() {
            @Override
            public void addNotificationListener(
                NotificationListener listener,
                @Nullable NotificationFilter filter,
                @Nullable Object handback) {
              super.addNotificationListener(listener, filter, handback);
              watched.add(engine);
            }
          };
    }

    @Override
    public Object getAttribute(String attribute) {
      assertEquals("managedResource", attribute);
      return context;
    }

    @Override
    public MBeanInfo getMBeanInfo() {
      return new MBeanInfo(ContextBean.class.getName(), null, null, null, null, null);
    }

    @Override
    public void setAttribute(Attribute attribute) {
      throw new UnsupportedOperationException();
    }

    @Override
    public AttributeList getAttributes(String[] attributes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) {
      throw new UnsupportedOperationException();
    }
  }
}
