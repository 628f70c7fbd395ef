<#-- The third-party notices of an artifact. "dependencyMap" maps each library to its licences. -->
Third-party libraries
=====================

One library a line: group:artifact:version, and its licences. A library with several licences may be used
under any of them, unless its own notices say otherwise. The WAR has the texts in META-INF/licenses.

<#list dependencyMap as entry>
${entry.getKey().groupId}:${entry.getKey().artifactId}:${entry.getKey().version}: ${entry.getValue()?join(", ")}
<#else>
This artifact needs no other libraries.
</#list>
