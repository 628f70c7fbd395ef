package io.accesstokens.app.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.http.protocol.ProtocolEndpoints;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class ProtocolEndpointsFilterTest {

  private static final String PATTERNS =
      "//*[local-name()='filter-mapping'][*[local-name()='filter-name']='protocol-endpoints']"
          + "/*[local-name()='url-pattern']";

  @Test
  void descriptorMapsTheFilterToEachEndpoint() throws Exception {
    Document descriptor =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("webapp/WEB-INF/web.xml").toFile());
    XPath xpath = XPathFactory.newInstance().newXPath();
    NodeList patterns = (NodeList) xpath.evaluate(PATTERNS, descriptor, XPathConstants.NODESET);
    Set<String> mapped = new TreeSet<>();
    for (int i = 0; i < patterns.getLength(); i++) {
      mapped.add(patterns.item(i).getTextContent().strip());
    }
    Set<String> expected = new TreeSet<>();
    ProtocolEndpoints.paths().forEach(path -> expected.add("/api/" + path));
    assertEquals(expected, mapped);
  }
}
