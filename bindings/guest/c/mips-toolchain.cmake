# CMake toolchain for guests: cmake -DCMAKE_TOOLCHAIN_FILE=<mipzk>/bindings/guest/c/mips-toolchain.cmake
# Every executable of the project becomes a guest (mipzk-cc adds the flags, start-up code and runtime).
# -DMIPZK_GUEST_LINUX=ON builds for qemu-mips instead.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR mips)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MIPZK_GUEST_LINUX)

set(CMAKE_C_COMPILER ${CMAKE_CURRENT_LIST_DIR}/mipzk-cc)
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})
set(CMAKE_AR mips-linux-gnu-ar)
set(CMAKE_RANLIB mips-linux-gnu-ranlib)
set(CMAKE_EXECUTABLE_SUFFIX_C .elf)
set(CMAKE_EXECUTABLE_SUFFIX_ASM .elf)
# mipzk-cc optimizes by default; a build type may still say otherwise.
set(CMAKE_C_FLAGS_RELEASE_INIT "-O2")
if(MIPZK_GUEST_LINUX)
  set(CMAKE_C_FLAGS_INIT "--linux")
  set(CMAKE_ASM_FLAGS_INIT "--linux")
endif()

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
