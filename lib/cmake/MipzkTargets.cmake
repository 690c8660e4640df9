# SPDX-License-Identifier: Apache-2.0
# Helpers shared by every CMakeLists.txt of the project.
if(MIPZK_BUILD_PROVER)
  find_package(Threads REQUIRED)
endif()
get_filename_component(MIPZK_ROOT ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)

add_library(mipzk_warnings INTERFACE)
target_compile_options(mipzk_warnings INTERFACE
  -Wall -Wextra -Wpedantic $<$<BOOL:${MIPZK_WERROR}>:-Werror> -Wshadow -Wnon-virtual-dtor -Wcast-align -Wunused
  -Wno-psabi -ffile-prefix-map=${MIPZK_ROOT}=.)

# No frame of the library is larger than 24 KiB: wipe_stack() overwrites 64 KiB (lib/base/secret_memory.hpp),
# which has to reach below all frames that held a secret together; tests/zk/stack_test.cpp measures them. Larger
# arrays live in commit::Scratch or a SecretVector. Without optimisation the kernels' frames hold every
# intermediate value, and sanitizers put zones around each variable: such builds, which are not for
# secrets, have no bound.
add_library(mipzk_frames INTERFACE)
if(NOT MIPZK_SANITIZE)
  target_compile_options(mipzk_frames INTERFACE $<$<NOT:$<CONFIG:Debug>>:-Wframe-larger-than=24576>)
endif()

# Flags of the verifier's closure: it must link into firmware, so no exceptions, RTTI or guards.
add_library(mipzk_freestanding INTERFACE)
target_compile_options(mipzk_freestanding INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>)

if(MIPZK_SANITIZE)
  add_compile_options(-fsanitize=${MIPZK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${MIPZK_SANITIZE})
endif()

# mipzk_library(name [FREESTANDING] SOURCES a.cpp ... [DEPS mipzk_x ...] [PRIVATE_DEPS ...])
# One static library per folder of lib/; headers are included as "folder/file.hpp". The property MIPZK_OBJECTS
# has all its objects, for libraries that it is merged into. Without the prover only the verifier's are there.
function(mipzk_library name)
  cmake_parse_arguments(A "FREESTANDING" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT MIPZK_BUILD_PROVER AND NOT A_FREESTANDING)
    return()
  endif()
  if(A_SOURCES)
    add_library(${name} STATIC ${A_SOURCES})
    target_include_directories(${name} PUBLIC ${MIPZK_ROOT}/lib)
    target_link_libraries(${name} PUBLIC ${A_DEPS} PRIVATE mipzk_warnings mipzk_frames ${A_PRIVATE_DEPS})
    if(A_FREESTANDING)
      target_link_libraries(${name} PRIVATE mipzk_freestanding)
    endif()
    set_property(TARGET ${name} PROPERTY MIPZK_OBJECTS $<TARGET_OBJECTS:${name}>)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${MIPZK_ROOT}/lib)
    target_link_libraries(${name} INTERFACE ${A_DEPS})
  endif()
endfunction()

# mipzk_test(name LABELS unit SOURCES a.cpp ... [DEPS ...]) adds a GoogleTest program to CTest.
function(mipzk_test name)
  cmake_parse_arguments(A "" "TIMEOUT" "LABELS;SOURCES;DEPS" ${ARGN})
  if(NOT MIPZK_BUILD_TESTS)
    return()
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 600)
  endif()
  add_executable(${name} ${A_SOURCES})
  target_include_directories(${name} PRIVATE ${MIPZK_ROOT}/tests)
  target_link_libraries(${name} PRIVATE ${A_DEPS} GTest::gtest GTest::gtest_main mipzk_warnings)
  # Tests spend their time in the library; compiling their own code takes a third less time this way.
  target_compile_options(${name} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O1>)
  target_compile_definitions(${name} PRIVATE
    MIPZK_SOURCE_DIR="${MIPZK_ROOT}" MIPZK_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT})
endfunction()
