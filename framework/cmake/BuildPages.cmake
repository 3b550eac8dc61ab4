# cmake -DSOURCE=... -DWORK=... -DOUT=... -P BuildPages.cmake
# Builds the pages of SOURCE in WORK, which several build folders may share, and packs them for the
# linker into OUT. What WORK holds already, of the same sources, is taken as it is.
find_program(NODE NAMES node nodejs REQUIRED)
file(MAKE_DIRECTORY ${WORK} ${OUT})
file(LOCK ${WORK}/pages.lock TIMEOUT 900)

file(GLOB_RECURSE sources RELATIVE ${SOURCE} ${SOURCE}/src/*)
list(SORT sources)
set(print "")
foreach(name package-lock.json vite.config.mjs ${sources})
  file(SHA256 ${SOURCE}/${name} one)
  string(APPEND print "${name} ${one}\n")
endforeach()

set(built "")
if(EXISTS ${WORK}/built)
  file(READ ${WORK}/built built)
endif()
if(NOT built STREQUAL print)
  set(FOLDER ${SOURCE})
  set(INTO ${WORK})
  include(${CMAKE_CURRENT_LIST_DIR}/NpmInstall.cmake)
  # The sources are built where the packages are, or an import would not find them.
  file(REMOVE_RECURSE ${WORK}/src ${WORK}/dist ${WORK}/built)
  file(COPY ${SOURCE}/src ${SOURCE}/vite.config.mjs DESTINATION ${WORK})
  execute_process(COMMAND ${NODE} node_modules/vite/bin/vite.js build --logLevel warn
                  WORKING_DIRECTORY ${WORK} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "The pages of ${SOURCE} could not be built; see above.")
  endif()
  file(WRITE ${WORK}/built "${print}")
endif()

execute_process(COMMAND ${NODE} ${SOURCE}/pack.mjs ${WORK}/dist ${OUT} RESULT_VARIABLE failed)
file(LOCK ${WORK}/pages.lock RELEASE)
if(failed)
  message(FATAL_ERROR "The built pages could not be packed; see above.")
endif()
