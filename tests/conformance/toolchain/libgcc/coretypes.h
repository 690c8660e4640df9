/* GCC's internal types: the files that we build use none of them. */
