// For processors with AVX-512.
#if defined(__x86_64__)
#include <immintrin.h>

#define VARIANT avx512
#define COMPRESSES
#define ROWS_TILE 4
#define COLUMNS_TILE 5
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "all.h"
#pragma clang attribute pop
#endif
