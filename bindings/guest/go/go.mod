// SPDX-License-Identifier: Apache-2.0
module mipzk/guest

go 1.19
