# dugout_pages(target folder)
# Builds the web pages of `folder` with Vite and links them into the target: bundle_files.S has the
# bytes, http/bundle_files.hpp the table. Packages and output stay in the build folder; the
# presets, whose folders lie side by side, share one build of the pages.
enable_language(ASM)
find_program(DUGOUT_NODE NAMES node nodejs)
find_program(DUGOUT_NPM npm)
set(node_version "none")
if(DUGOUT_NODE AND DUGOUT_NPM)
  execute_process(COMMAND ${DUGOUT_NODE} --version OUTPUT_VARIABLE node_version OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT node_version MATCHES "^v([0-9]+)" OR CMAKE_MATCH_1 LESS 18)
  message(FATAL_ERROR "The web pages need Node.js 18 or later with npm (found: ${node_version}); scripts/setup installs it.")
endif()

cmake_path(GET CMAKE_BINARY_DIR PARENT_PATH pages_beside)
if(NOT pages_beside STREQUAL "${CMAKE_SOURCE_DIR}/build")
  set(pages_beside ${CMAKE_BINARY_DIR})
endif()
set(DUGOUT_PAGES_BUILD ${pages_beside}/pages CACHE PATH "Where the web pages are built")

function(dugout_pages target folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/src/*)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/BuildPages.cmake)
  add_custom_command(
    OUTPUT ${out}/bundle_files.S ${out}/http/bundle_files.hpp
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${folder} -DWORK=${DUGOUT_PAGES_BUILD} -DOUT=${out} -P ${script}
    DEPENDS ${sources} ${folder}/package.json ${folder}/package-lock.json ${folder}/vite.config.mjs
            ${folder}/pack.mjs ${script} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/NpmInstall.cmake
    COMMENT "Building the web pages" VERBATIM)
  target_sources(${target} PRIVATE ${out}/bundle_files.S ${out}/http/bundle_files.hpp)
  # The table is for one file of the layer; a precompiled header is none for the assembler.
  set_source_files_properties(${out}/bundle_files.S PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_include_directories(${target} PRIVATE ${out})
endfunction()
