# SPDX-License-Identifier: Apache-2.0
# Fails when the output of TOOL differs from the file DOCUMENT.
execute_process(COMMAND ${TOOL} OUTPUT_VARIABLE printed RESULT_VARIABLE failed)
file(READ ${DOCUMENT} stored)
if(failed OR NOT printed STREQUAL stored)
  message(FATAL_ERROR "${DOCUMENT} is not what ${TOOL} prints; print it again and read the difference")
endif()
