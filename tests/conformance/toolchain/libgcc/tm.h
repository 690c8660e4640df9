/* The data model of MIPS o32 for libgcc2.c, which GCC's build derives from its back end. */
#define BITS_PER_UNIT 8
#define MIN_UNITS_PER_WORD 4
#define SHORT_TYPE_SIZE 16
#define INT_TYPE_SIZE 32
#define LONG_TYPE_SIZE 32
#define LONG_LONG_TYPE_SIZE 64
#define FLOAT_TYPE_SIZE 32
#define DOUBLE_TYPE_SIZE 64
#define LIBGCC2_LONG_DOUBLE_TYPE_SIZE 64
#define TARGET_BITS_BIG_ENDIAN 0
