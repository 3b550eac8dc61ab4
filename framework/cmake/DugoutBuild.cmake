# How everything is compiled: language level, warnings, sanitizers, output folders, packages.
include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(DUGOUT_TESTS "Build the tests" ON)
option(DUGOUT_BENCH "Build the benchmarks" OFF)
option(DUGOUT_FUZZ "Build the fuzz targets with libFuzzer; needs clang" OFF)
option(DUGOUT_FUZZ_REPLAY "Build the replay of the fuzz corpus as tests" OFF)
option(DUGOUT_WERROR "Treat warnings as errors" OFF)
set(DUGOUT_SANITIZE "" CACHE STRING "Sanitizers, such as address,undefined or thread")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
if(DUGOUT_WERROR)
  add_compile_options(-Werror)
endif()
if(DUGOUT_SANITIZE)
  add_compile_options(-fsanitize=${DUGOUT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${DUGOUT_SANITIZE})
  if(DUGOUT_FUZZ)
    # These two compare type information, which plugins do not share with the program by design.
    add_compile_options(-fno-sanitize=vptr,function)
  elseif(DUGOUT_SANITIZE MATCHES undefined)
    # A trap instead of a report with its tables: half the time to compile, a third of the size, and
    # ASan still prints the stack (cli/asan_options.cpp).
    add_compile_options(-fsanitize-undefined-trap-on-error)
  endif()
endif()

find_program(DUGOUT_CCACHE ccache)
if(DUGOUT_CCACHE)
  # A precompiled header and __TIME__ are safe to ignore here: nothing of ours reads the time macros.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${DUGOUT_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()
find_program(DUGOUT_MOLD mold)
if(DUGOUT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Poco REQUIRED COMPONENTS Foundation Net NetSSL JSON Util)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(LIBEDIT REQUIRED IMPORTED_TARGET libedit)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(VIPS REQUIRED IMPORTED_TARGET vips)
# Its -pthread changes nothing with this C library but makes precompiled headers unusable.
set_target_properties(PkgConfig::VIPS PROPERTIES INTERFACE_COMPILE_OPTIONS "")

# Debian ships libphonenumber without a pkg-config file; its headers need protobuf's.
find_library(PHONENUMBER_LIBRARY phonenumber REQUIRED)
find_library(PROTOBUF_LIBRARY protobuf REQUIRED)
find_path(PHONENUMBER_INCLUDE_DIR phonenumbers/phonenumberutil.h REQUIRED)
add_library(Dugout::phonenumber INTERFACE IMPORTED GLOBAL)
target_include_directories(Dugout::phonenumber INTERFACE ${PHONENUMBER_INCLUDE_DIR})
target_link_libraries(Dugout::phonenumber INTERFACE ${PHONENUMBER_LIBRARY} ${PROTOBUF_LIBRARY})
