// SPDX-License-Identifier: Apache-2.0
module mipzk

go 1.19
