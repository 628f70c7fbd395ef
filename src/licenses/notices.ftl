<#-- The third-party notices of an artifact. "dependencyMap" maps each library to its licenses. -->
Third-party libraries
=====================

One library a line: group:artifact:version: its licenses. With these coordinates, Maven Central has the POM of
the library, which names the repository of the source code. For most libraries, Maven Central also has the
source code, in the file that ends with -sources.jar. A library with several licenses may be used under any of
them, unless its own notices say otherwise. For each library, META-INF/licenses of the WAR has the text of at
least one license.

<#list dependencyMap as entry>
<#assign library = entry.getKey()>
${library.groupId}:${library.artifactId}:${library.version}: ${entry.getValue()?join(", ")}
<#else>
This artifact needs no other libraries.
</#list>
