/* Host-independent part of GCC's generated configuration: nothing of it is needed here. */
