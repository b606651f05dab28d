// Products with few columns, and sums over one vector.

static inline __attribute__((always_inline)) double NAME(sum8)(d8 x) {
    return ((((((x[0] + x[1]) + x[2]) + x[3]) + x[4]) + x[5]) + x[6]) + x[7];
}

#define WIDE(p) __builtin_convertvector((f8) * (const f8_any *)(p), d8)

// ROWS_TILE × COLUMNS_TILE sums of 8 lanes stay in registers; bits do not depend on the tile.
static inline __attribute__((always_inline)) void NAME(tile)(
    const float *x, size_t rows, size_t width, const double *w, size_t columns, double *out, size_t leading) {
    d8 sums[ROWS_TILE][COLUMNS_TILE] = {};
    size_t whole = width - width % 8;
    for (size_t k = 0; k < whole; k += 8) {
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS_TILE; r++) {
            d8 left = WIDE(x + (r < (int)rows ? r : 0) * width + k);
#pragma clang loop unroll(full)
            for (int c = 0; c < COLUMNS_TILE; c++) {
                d8 right = *(const d8_any *)(w + (c < (int)columns ? c : 0) * width + k);
                sums[r][c] = FUSED(left, right, sums[r][c]);
            }
        }
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            double rest = 0;
            for (size_t k = whole; k < width; k++) rest += x[r * width + k] * w[c * width + k];
            out[r * leading + c] = NAME(sum8)(sums[r][c]) + rest;
        }
    }
}

void NAME(ck_times_rows)(const float *x, size_t rows, size_t width, const double *w, size_t columns, double *out) {
    for (size_t row = 0; row < rows; row += ROWS_TILE) {
        size_t r = rows - row < ROWS_TILE ? rows - row : ROWS_TILE;
        for (size_t column = 0; column < columns; column += COLUMNS_TILE) {
            size_t c = columns - column < COLUMNS_TILE ? columns - column : COLUMNS_TILE;
            const float *left = x + row * width;
            const double *right = w + column * width;
            double *to = out + row * columns + column;
            // Constants for a whole tile, so that its loops have no conditions.
            if (r == ROWS_TILE && c == COLUMNS_TILE) NAME(tile)(left, ROWS_TILE, width, right, COLUMNS_TILE, to, columns);
            else NAME(tile)(left, r, width, right, c, to, columns);
        }
    }
}

static inline __attribute__((always_inline)) void NAME(outer)(
    const float *x, size_t rows, size_t width, const double *d, size_t leading, size_t columns, double *sums) {
    d8 held[COLUMNS_TILE][ROWS_TILE];
#pragma clang loop unroll(full)
    for (int c = 0; c < COLUMNS_TILE; c++)
#pragma clang loop unroll(full)
        for (int k = 0; k < ROWS_TILE; k++)
            held[c][k] = c < (int)columns ? (d8) * (const d8_any *)(sums + c * width + 8 * k) : (d8){};
    for (size_t row = 0; row < rows; row++) {
        d8 left[ROWS_TILE];
#pragma clang loop unroll(full)
        for (int k = 0; k < ROWS_TILE; k++) left[k] = WIDE(x + row * width + 8 * k);
#pragma clang loop unroll(full)
        for (int c = 0; c < COLUMNS_TILE; c++) {
            d8 factor = (d8){} + d[row * leading + (c < (int)columns ? c : 0)];
#pragma clang loop unroll(full)
            for (int k = 0; k < ROWS_TILE; k++) held[c][k] = FUSED(factor, left[k], held[c][k]);
        }
    }
    for (size_t c = 0; c < columns; c++)
        for (int k = 0; k < ROWS_TILE; k++) *(d8_any *)(sums + c * width + 8 * k) = held[c][k];
}

void NAME(ck_add_outer)(const float *x, size_t rows, size_t width, const double *d, size_t columns, double *sums) {
    size_t whole = width - width % (8 * ROWS_TILE);
    for (size_t column = 0; column < columns; column += COLUMNS_TILE) {
        size_t c = columns - column < COLUMNS_TILE ? columns - column : COLUMNS_TILE;
        for (size_t k = 0; k < whole; k += 8 * ROWS_TILE) {
            double *to = sums + column * width + k;
            if (c == COLUMNS_TILE) NAME(outer)(x + k, rows, width, d + column, columns, COLUMNS_TILE, to);
            else NAME(outer)(x + k, rows, width, d + column, columns, c, to);
        }
    }
    for (size_t c = 0; c < columns; c++)
        for (size_t k = whole; k < width; k++)
            for (size_t row = 0; row < rows; row++)
                sums[c * width + k] = __builtin_fma(d[row * columns + c], x[row * width + k], sums[c * width + k]);
}

double NAME(ck_dot)(const float *x, const float *y, size_t count) {
    d8 sums = {};
    size_t i = 0;
    for (; i + 8 <= count; i += 8) sums += WIDE(x + i) * WIDE(y + i);
    for (size_t j = i; j < count; j++) sums[j - i] += (double)x[j] * (double)y[j];
    return NAME(sum8)(sums);
}

double NAME(ck_squared_distance)(const float *x, const float *y, size_t count) {
    d8 sums = {};
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        d8 difference = WIDE(x + i) - WIDE(y + i);
        sums += difference * difference;
    }
    for (size_t j = i; j < count; j++) {
        double difference = (double)x[j] - (double)y[j];
        sums[j - i] += difference * difference;
    }
    return NAME(sum8)(sums);
}

void NAME(ck_divide)(const float *restrict x, double length, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = (float)((double)x[i] / length);
}
