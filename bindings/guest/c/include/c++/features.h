/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for glibc's header of this name, which libstdc++'s configuration asks for the version of glibc.
 * There is none here. */
#ifndef MIPZK_GUEST_FEATURES_H_
#define MIPZK_GUEST_FEATURES_H_

#define __GLIBC_PREREQ(major, minor) 0

#endif
