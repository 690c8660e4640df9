module mipzk/guest

go 1.19
