# SPDX-License-Identifier: Apache-2.0
# CMake toolchain for guests: cmake -DCMAKE_TOOLCHAIN_FILE=<mipzk>/bindings/guest/c/mips-toolchain.cmake
# Every executable of the project, in C, C++ or assembly, becomes a guest (mipzk-cc adds the flags, start-up
# code and runtime). -DMIPZK_GUEST_LINUX=ON builds for qemu-mips instead, -DMIPZK_GUEST_MARCH=mips32r2 for
# another instruction set.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR mips)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MIPZK_GUEST_LINUX MIPZK_GUEST_MARCH)

set(CMAKE_C_COMPILER ${CMAKE_CURRENT_LIST_DIR}/mipzk-cc)
set(CMAKE_CXX_COMPILER ${CMAKE_CURRENT_LIST_DIR}/mipzk-c++)
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})
set(CMAKE_AR mips-linux-gnu-ar)
set(CMAKE_RANLIB mips-linux-gnu-ranlib)
set(mipzk_flags)
if(MIPZK_GUEST_LINUX)
  string(APPEND mipzk_flags " --linux")
endif()
if(MIPZK_GUEST_MARCH)
  string(APPEND mipzk_flags " --march=${MIPZK_GUEST_MARCH}")
endif()
foreach(language C CXX ASM)
  set(CMAKE_EXECUTABLE_SUFFIX_${language} .elf)
  set(CMAKE_${language}_FLAGS_INIT "${mipzk_flags}")
endforeach()
# mipzk-cc optimizes by default; a build type may still say otherwise.
set(CMAKE_C_FLAGS_RELEASE_INIT "-O2")
set(CMAKE_CXX_FLAGS_RELEASE_INIT "-O2")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
