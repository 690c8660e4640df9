/* GCC's build lists the target's headers for libgcc here: nothing of them is needed. */
