# SPDX-License-Identifier: Apache-2.0
# What is installed, in four parts (components), each a Debian package of its own with `cpack -G DEB`:
# verify, library, dev, tool.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mipzk)

install(FILES ${PROJECT_SOURCE_DIR}/include/mipzk/mipzk.h ${PROJECT_SOURCE_DIR}/include/mipzk/mipzk.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mipzk COMPONENT dev)
install(TARGETS mipzk_verify_static EXPORT mipzk_verify_targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(EXPORT mipzk_verify_targets NAMESPACE mipzk:: DESTINATION ${package_dir} COMPONENT dev)
# Without the name that linkers look for: -lmipzk_verify stays the archive.
install(TARGETS mipzk_verify_shared
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT verify NAMELINK_SKIP)
set(packages mipzk_verify)
if(MIPZK_BUILD_PROVER)
  install(TARGETS mipzk mipzk_static EXPORT mipzk_targets
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT dev
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
  install(EXPORT mipzk_targets NAMESPACE mipzk:: DESTINATION ${package_dir} COMPONENT dev)
  list(APPEND packages mipzk)
endif()
if(MIPZK_BUILD_TOOL)
  # With what guests are compiled with.
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/mipzk/guest
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mipzk COMPONENT tool FILES_MATCHING PATTERN "*.h")
  foreach(language c go rust)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/bindings/guest/${language}
            DESTINATION ${CMAKE_INSTALL_DATADIR}/mipzk/guest COMPONENT tool USE_SOURCE_PERMISSIONS
            PATTERN target EXCLUDE PATTERN Cargo.lock EXCLUDE)
  endforeach()
  # The wrappers find their files from where they really are.
  foreach(wrapper c/mipzk-cc c/mipzk-c++ rust/mipzk-cargo)
    get_filename_component(link ${CMAKE_CURRENT_BINARY_DIR}/${wrapper} NAME)
    file(RELATIVE_PATH target /prefix/${CMAKE_INSTALL_BINDIR} /prefix/${CMAKE_INSTALL_DATADIR}/mipzk/guest/${wrapper})
    file(CREATE_LINK ${target} ${CMAKE_CURRENT_BINARY_DIR}/${link} SYMBOLIC)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${link} DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
  endforeach()
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/mipzk.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tool)
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/mipzk.bash RENAME mipzk
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT tool)
endif()

# Each package has the license; who develops with the library reads its documents.
set(docs ${PROJECT_SOURCE_DIR}/docs)
foreach(component verify library dev tool)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/mipzk-${component} COMPONENT ${component})
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT dev)
install(DIRECTORY ${docs}/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT dev)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/mipzkConfig.cmake.in
                              ${CMAKE_CURRENT_BINARY_DIR}/mipzkConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/mipzkConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/mipzkConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/mipzkConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT dev)

# A prefix may be chosen at installation, and the tree moved later: the .pc files look for it from
# where they are. Absolute folders stay what they are.
file(RELATIVE_PATH to_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
set(pc_prefix "\${pcfiledir}/${to_prefix}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
endif()
foreach(folder LIBDIR INCLUDEDIR)
  set(pc_${folder} "\${prefix}/${CMAKE_INSTALL_${folder}}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${folder}}")
    set(pc_${folder} "${CMAKE_INSTALL_${folder}}")
  endif()
endforeach()
foreach(package IN LISTS packages)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${package}.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${package}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${package}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
endforeach()

# ---- Debian packages: cpack -G DEB in the build folder ------------------------------------------
if(PROJECT_IS_TOP_LEVEL)
  set(CPACK_PACKAGE_NAME mipzk)
  set(CPACK_PACKAGE_CONTACT "mipzk <mipzk@invalid>")
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_STRIP_FILES ON)
  set(CPACK_COMPONENTS_ALL verify library dev tool)
  set(CPACK_DEB_COMPONENT_INSTALL ON)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_CURRENT_BINARY_DIR})
  set(CPACK_DEBIAN_VERIFY_PACKAGE_NAME libmipzk-verify0)
  set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libmipzk0)
  set(CPACK_DEBIAN_DEV_PACKAGE_NAME libmipzk-dev)
  set(CPACK_DEBIAN_TOOL_PACKAGE_NAME mipzk)
  foreach(component VERIFY LIBRARY)
    set(CPACK_DEBIAN_${component}_PACKAGE_SECTION libs)
  endforeach()
  set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_DEV_PACKAGE_SHLIBDEPS OFF)
  set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libmipzk0 (= ${PROJECT_VERSION}), libelf-dev, libssl-dev")
  set(CPACK_DEBIAN_TOOL_PACKAGE_RECOMMENDS "gcc-mips-linux-gnu")
  include(CPack)
endif()
