# cmake --install: the program, its plugins, the bundled application, and the SDK for plugin authors.
# `--component sdk` is the last alone. dugout_add_plugin() installs the plugins.
include(CMakePackageConfigHelpers)
set(dugout_package ${CMAKE_INSTALL_LIBDIR}/cmake/Dugout)

if(TARGET dugout)
  install(TARGETS dugout RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
endif()
install(DIRECTORY agents routines DESTINATION ${CMAKE_INSTALL_DATADIR}/dugout COMPONENT runtime)

install(DIRECTORY framework/sdk/include/dugout DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk)
install(TARGETS dugout_sdk EXPORT DugoutTargets)
install(EXPORT DugoutTargets NAMESPACE Dugout:: DESTINATION ${dugout_package} COMPONENT sdk)
configure_package_config_file(framework/cmake/DugoutConfig.cmake.in ${CMAKE_BINARY_DIR}/DugoutConfig.cmake
                              INSTALL_DESTINATION ${dugout_package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/DugoutConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_BINARY_DIR}/DugoutConfig.cmake ${CMAKE_BINARY_DIR}/DugoutConfigVersion.cmake
              framework/cmake/DugoutPlugin.cmake framework/cmake/plugin.map
        DESTINATION ${dugout_package} COMPONENT sdk)
