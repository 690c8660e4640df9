// SPDX-License-Identifier: Apache-2.0
module mipzk/guests

go 1.19

require mipzk/guest v0.0.0

replace mipzk/guest => ../../../../bindings/guest/go
