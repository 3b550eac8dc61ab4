// Carries the precompiled header that every layer with JSON uses again (framework/CMakeLists.txt).
