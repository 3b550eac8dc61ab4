// Exists to carry the precompiled headers of the test programs; see tests/CMakeLists.txt.
