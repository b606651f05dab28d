// Takes the widest variant that this processor has.
#include "CKernels.h"

#if defined(__x86_64__)
#define DECLARED(result, name, ...) \
    result name##_any(__VA_ARGS__); \
    result name##_avx2(__VA_ARGS__); \
    result name##_avx512(__VA_ARGS__);
#define CALL(name, ...) \
    (level() == 2 ? name##_avx512(__VA_ARGS__) : level() == 1 ? name##_avx2(__VA_ARGS__) : name##_any(__VA_ARGS__))

static int limit = 2;

void ck_limit(int widest) { __atomic_store_n(&limit, widest, __ATOMIC_RELAXED); }

static int level(void) {
    static int known = -1;
    int found = __atomic_load_n(&known, __ATOMIC_RELAXED), most = __atomic_load_n(&limit, __ATOMIC_RELAXED);
    if (found < 0) {
        __builtin_cpu_init();
        int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
        found = !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) ? 0 : wide ? 2 : 1;
        __atomic_store_n(&known, found, __ATOMIC_RELAXED);
    }
    return found < most ? found : most;
}
#else
#define DECLARED(result, name, ...) result name##_any(__VA_ARGS__);
#define CALL(name, ...) name##_any(__VA_ARGS__)

void ck_limit(int widest) { (void)widest; }
#endif

DECLARED(void, ck_adam, float *p, const float *g, float *m, float *v, size_t count, ck_adam_step step)
void ck_adam(float *p, const float *g, float *m, float *v, size_t count, ck_adam_step step) {
    CALL(ck_adam, p, g, m, v, count, step);
}

DECLARED(void, ck_add_bias, float *y, size_t rows, size_t columns, size_t leading, const float *bias, int rectifies)
void ck_add_bias(float *y, size_t rows, size_t columns, size_t leading, const float *bias, int rectifies) {
    CALL(ck_add_bias, y, rows, columns, leading, bias, rectifies);
}

DECLARED(void, ck_cut, float *d, const float *value, size_t count)
void ck_cut(float *d, const float *value, size_t count) {
    CALL(ck_cut, d, value, count);
}

DECLARED(void, ck_sum_rows, const float *values, size_t rows, size_t columns, size_t leading, float *sums)
void ck_sum_rows(const float *values, size_t rows, size_t columns, size_t leading, float *sums) {
    CALL(ck_sum_rows, values, rows, columns, leading, sums);
}

DECLARED(void, ck_add, float *a, const float *b, size_t count)
void ck_add(float *a, const float *b, size_t count) {
    CALL(ck_add, a, b, count);
}

DECLARED(void, ck_multiply, float *a, const float *b, size_t count)
void ck_multiply(float *a, const float *b, size_t count) {
    CALL(ck_multiply, a, b, count);
}

DECLARED(void, ck_mean, const float *a, const float *b, float *out, size_t count)
void ck_mean(const float *a, const float *b, float *out, size_t count) {
    CALL(ck_mean, a, b, out, count);
}

DECLARED(void, ck_widen, const float *a, double *out, size_t count)
void ck_widen(const float *a, double *out, size_t count) {
    CALL(ck_widen, a, out, count);
}

DECLARED(void, ck_widen_less, const float *a, const double *b, double *out, size_t count)
void ck_widen_less(const float *a, const double *b, double *out, size_t count) {
    CALL(ck_widen_less, a, b, out, count);
}

DECLARED(void, ck_standardise, float *x, const double *mean, const double *scale, size_t count)
void ck_standardise(float *x, const double *mean, const double *scale, size_t count) {
    CALL(ck_standardise, x, mean, scale, count);
}

DECLARED(void, ck_gelu, float *x, float *slope, size_t count)
void ck_gelu(float *x, float *slope, size_t count) {
    CALL(ck_gelu, x, slope, count);
}

DECLARED(void, ck_norm, float *values, size_t rows, size_t width, const float *scale, const float *shift, float *normal, float *inverse)
void ck_norm(float *values, size_t rows, size_t width, const float *scale, const float *shift, float *normal, float *inverse) {
    CALL(ck_norm, values, rows, width, scale, shift, normal, inverse);
}

DECLARED(void, ck_norm_gradient, float *delta, size_t rows, size_t width, const float *scale, const float *normal, const float *inverse, float *scale_gradient, float *shift_gradient)
void ck_norm_gradient(float *delta, size_t rows, size_t width, const float *scale, const float *normal, const float *inverse, float *scale_gradient, float *shift_gradient) {
    CALL(ck_norm_gradient, delta, rows, width, scale, normal, inverse, scale_gradient, shift_gradient);
}

DECLARED(void, ck_times_rows, const float *x, size_t rows, size_t width, const double *w, size_t columns, double *out)
void ck_times_rows(const float *x, size_t rows, size_t width, const double *w, size_t columns, double *out) {
    CALL(ck_times_rows, x, rows, width, w, columns, out);
}

DECLARED(void, ck_add_outer, const float *x, size_t rows, size_t width, const double *d, size_t columns, double *sums)
void ck_add_outer(const float *x, size_t rows, size_t width, const double *d, size_t columns, double *sums) {
    CALL(ck_add_outer, x, rows, width, d, columns, sums);
}

DECLARED(double, ck_dot, const float *x, const float *y, size_t count)
double ck_dot(const float *x, const float *y, size_t count) {
    return CALL(ck_dot, x, y, count);
}

DECLARED(double, ck_squared_distance, const float *x, const float *y, size_t count)
double ck_squared_distance(const float *x, const float *y, size_t count) {
    return CALL(ck_squared_distance, x, y, count);
}

DECLARED(void, ck_divide, const float *x, double length, float *out, size_t count)
void ck_divide(const float *x, double length, float *out, size_t count) {
    CALL(ck_divide, x, length, out, count);
}

DECLARED(size_t, ck_group_maxima, const float *line, size_t count, size_t size, float *maxima)
size_t ck_group_maxima(const float *line, size_t count, size_t size, float *maxima) {
    return CALL(ck_group_maxima, line, count, size, maxima);
}

DECLARED(size_t, ck_keep, const float *line, size_t count, float bound, float *kept, int32_t *places)
size_t ck_keep(const float *line, size_t count, float bound, float *kept, int32_t *places) {
    return CALL(ck_keep, line, count, bound, kept, places);
}

DECLARED(void, ck_add_wide, const float *x, double *sums, size_t count)
void ck_add_wide(const float *x, double *sums, size_t count) {
    CALL(ck_add_wide, x, sums, count);
}

DECLARED(void, ck_take_wide, const float *x, double *sums, size_t count)
void ck_take_wide(const float *x, double *sums, size_t count) {
    CALL(ck_take_wide, x, sums, count);
}

DECLARED(void, ck_add_squares, const float *x, const double *mean, double *sums, size_t count)
void ck_add_squares(const float *x, const double *mean, double *sums, size_t count) {
    CALL(ck_add_squares, x, mean, sums, count);
}

DECLARED(void, ck_square_sums, const float *const *rows, size_t width, double *sums)
void ck_square_sums(const float *const *rows, size_t width, double *sums) {
    CALL(ck_square_sums, rows, width, sums);
}

DECLARED(void, ck_mean_of_rows, const double *values, size_t width, const int32_t *rows, size_t count, double *means)
void ck_mean_of_rows(const double *values, size_t width, const int32_t *rows, size_t count, double *means) {
    CALL(ck_mean_of_rows, values, width, rows, count, means);
}

DECLARED(float, ck_bound, const float *values, size_t count, size_t wanted)
float ck_bound(const float *values, size_t count, size_t wanted) {
    return CALL(ck_bound, values, count, wanted);
}

DECLARED(void, ck_rank, const float *scores, size_t count, int32_t *ranks)
void ck_rank(const float *scores, size_t count, int32_t *ranks) {
    CALL(ck_rank, scores, count, ranks);
}

DECLARED(void, ck_nearest, const float *products, size_t leading, size_t rows, size_t count, const double *half, int64_t *nearest, double *lead)
void ck_nearest(const float *products, size_t leading, size_t rows, size_t count, const double *half, int64_t *nearest, double *lead) {
    CALL(ck_nearest, products, leading, rows, count, half, nearest, lead);
}

DECLARED(void, ck_poisson, const uint64_t *bases, size_t clusters, uint64_t first, const uint64_t *cumulative, uint8_t *weights)
void ck_poisson(const uint64_t *bases, size_t clusters, uint64_t first, const uint64_t *cumulative, uint8_t *weights) {
    CALL(ck_poisson, bases, clusters, first, cumulative, weights);
}

DECLARED(void, ck_curve_sums, const uint8_t *weights, const uint32_t *clusters, const double *gains, const uint32_t *ends, size_t points, double *sums)
void ck_curve_sums(const uint8_t *weights, const uint32_t *clusters, const double *gains, const uint32_t *ends, size_t points, double *sums) {
    CALL(ck_curve_sums, weights, clusters, gains, ends, points, sums);
}

DECLARED(void, ck_curve_areas, const double *sums, const uint32_t *order, size_t points, const double *lead, const double *ranges, size_t count, double *areas)
void ck_curve_areas(const double *sums, const uint32_t *order, size_t points, const double *lead, const double *ranges, size_t count, double *areas) {
    CALL(ck_curve_areas, sums, order, points, lead, ranges, count, areas);
}

DECLARED(void, ck_multiplier_sums, const float *influences, size_t rows, size_t clusters, const uint8_t *weights, float *sums)
void ck_multiplier_sums(const float *influences, size_t rows, size_t clusters, const uint8_t *weights, float *sums) {
    CALL(ck_multiplier_sums, influences, rows, clusters, weights, sums);
}

DECLARED(void, ck_step_down, const float *sums, const uint32_t *pairs, const float *numbers, size_t count, uint32_t *exceeding, float *largest)
void ck_step_down(const float *sums, const uint32_t *pairs, const float *numbers, size_t count, uint32_t *exceeding, float *largest) {
    CALL(ck_step_down, sums, pairs, numbers, count, exceeding, largest);
}

DECLARED(double, ck_wide_distance, const double *a, const double *b, size_t count)
double ck_wide_distance(const double *a, const double *b, size_t count) {
    return CALL(ck_wide_distance, a, b, count);
}
