package io.accesstokens.it.library;

/** Tests the example on Spring Boot 3. */
class SpringBoot3IT extends SpringBootContract {

  @Override
  String version() {
    return "3.5.7";
  }
}
