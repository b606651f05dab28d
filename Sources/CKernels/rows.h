// Sums over rows, each in the order of rows, and means of a few of them.

typedef double d4_any __attribute__((vector_size(32), aligned(8)));
typedef double d2_any __attribute__((vector_size(16), aligned(8)));

void NAME(ck_add_wide)(const float *restrict x, double *restrict sums, size_t count) {
    for (size_t i = 0; i < count; i++) sums[i] += x[i];
}

void NAME(ck_take_wide)(const float *restrict x, double *restrict sums, size_t count) {
    for (size_t i = 0; i < count; i++) sums[i] -= x[i];
}

void NAME(ck_add_squares)(
    const float *restrict x, const double *restrict mean, double *restrict sums, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double distance = x[i] - mean[i];
        sums[i] += distance * distance;
    }
}

void NAME(ck_square_sums)(const float *const *rows, size_t width, double *sums) {
    d8 sum = {};
    const float *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    const float *e = rows[4], *f = rows[5], *g = rows[6], *h = rows[7];
    for (size_t k = 0; k < width; k++) {
        d8 value = __builtin_convertvector(((f8){a[k], b[k], c[k], d[k], e[k], f[k], g[k], h[k]}), d8);
        sum += value * value;
    }
    *(d8_any *)sums = sum;
}

// Each pass adds the next `lanes` columns of all rows.
#define MEANS(type, lanes) \
    for (; column + lanes <= width; column += lanes) { \
        type sum = {}; \
        for (size_t i = 0; i < count; i++) sum += *(const type *)(values + (size_t)rows[i] * width + column); \
        *(type *)(means + column) = sum / (double)count; \
    }

void NAME(ck_mean_of_rows)(
    const double *values, size_t width, const int32_t *rows, size_t count, double *means) {
    size_t column = 0;
    MEANS(d8_any, 8)
    MEANS(d4_any, 4)
    MEANS(d2_any, 2)
    MEANS(double, 1)
}

#undef MEANS
