# dugout_add_plugin(NAME raw [SOURCES more.cpp ...] [LINK targets ...])
#
# Builds <name>.cpp of the calling folder as a module with one exported symbol and no GNU-unique
# symbol, so that dlclose really unmaps it, and puts it with its manifest and config schema at
# lib/dugout/plugins/<id>/. Works in this tree and, after find_package(Dugout), in anybody's.
include(GNUInstallDirs)

function(dugout_add_plugin)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINK" ${ARGN})
  file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/plugin.yaml id_line REGEX "^id:")
  string(REGEX REPLACE "^id:[ ]*([^ #]+).*" "\\1" id "${id_line}")
  string(REPLACE "." "_" target "plugin_${id}")

  add_library(${target} MODULE ${ARG_NAME}.cpp ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE Dugout::sdk ${ARG_LINK})
  # A folder beside the plugins of a kind, without a plugin.yaml, holds what they share.
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/..)
  set_property(GLOBAL APPEND PROPERTY DUGOUT_PLUGIN_TARGETS ${target})
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_compile_options(${target} PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden
                         $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  target_link_options(${target} PRIVATE -Wl,--version-script=${DUGOUT_EXPORT_MAP} -Wl,-z,now
                      -Wl,--no-undefined-version)
  set(folder ${CMAKE_BINARY_DIR}/lib/dugout/plugins/${id})
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${ARG_NAME}
                        LIBRARY_OUTPUT_DIRECTORY ${folder})
  configure_file(plugin.yaml ${folder}/plugin.yaml COPYONLY)
  configure_file(config.schema.json ${folder}/config.schema.json COPYONLY)
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_LIBDIR}/dugout/plugins COMPONENT runtime)
endfunction()
