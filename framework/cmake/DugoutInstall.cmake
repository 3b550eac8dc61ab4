# cmake --install: the program, its plugins, the bundled application, and the SDK for plugin authors.
