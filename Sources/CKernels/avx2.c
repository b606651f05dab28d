// For processors with AVX2 and FMA.
#if defined(__x86_64__)
#define VARIANT avx2
#define ROWS_TILE 2
#define COLUMNS_TILE 3
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "all.h"
#pragma clang attribute pop
#endif
