# cmake -DFOLDER=... -DINTO=... -P NpmInstall.cmake
# The locked packages of FOLDER (package.json, package-lock.json) as INTO/node_modules; nothing is
# written beside the sources. Quick when they are there already.
find_program(NPM npm REQUIRED)
set(locked ${INTO}/node_modules/.locked)
file(MAKE_DIRECTORY ${INTO})
file(LOCK ${INTO}/npm.lock TIMEOUT 900)
file(SHA256 ${FOLDER}/package-lock.json wanted)
set(found "")
if(EXISTS ${locked})
  file(READ ${locked} found)
endif()
if(NOT found STREQUAL wanted)
  file(COPY ${FOLDER}/package.json ${FOLDER}/package-lock.json DESTINATION ${INTO})
  # No script of a package runs here; none of ours needs one.
  execute_process(
    COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel error
    WORKING_DIRECTORY ${INTO} OUTPUT_QUIET RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "npm could not install the packages of ${FOLDER}; is the npm registry reachable?")
  endif()
  file(WRITE ${locked} ${wanted})
endif()
file(LOCK ${INTO}/npm.lock RELEASE)
