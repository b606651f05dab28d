// Sixteen lanes of float32 and eight of float64, whatever registers they are kept in.
#include "CKernels.h"

#define NAME(kernel) JOIN(kernel, VARIANT)
#define JOIN(kernel, variant) JOIN_(kernel, variant)
#define JOIN_(kernel, variant) kernel##_##variant

#ifndef LANES_H
#define LANES_H

#pragma clang fp contract(off)
// Vectors are passed between functions of one file only, and those are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float f16 __attribute__((vector_size(64)));
typedef float f16_any __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64)));
typedef float f8 __attribute__((vector_size(32)));
typedef float f8_any __attribute__((vector_size(32), aligned(4)));
typedef int64_t l8 __attribute__((vector_size(64)));
typedef int64_t l8_any __attribute__((vector_size(64), aligned(8)));
typedef double d8 __attribute__((vector_size(64)));
typedef double d8_any __attribute__((vector_size(64), aligned(8)));

#define LOAD(p) ((f16) * (const f16_any *)(p))
#define STORE(p, x) (*(f16_any *)(p) = (x))
#define ALL(x) ((f16){} + (x))
#define FUSED(a, b, c) __builtin_elementwise_fma(a, b, c)
#define CHOSEN(mask, a, b) ((f16)(((mask) & (i16)(a)) | (~(mask) & (i16)(b))))
#define HALF(x, from) \
    __builtin_shufflevector(x, x, from, from + 1, from + 2, from + 3, from + 4, from + 5, from + 6, from + 7)

#endif
