// Optimiser and elementwise parts of layers.

void NAME(ck_adam)(float *p, const float *g, float *m, float *v, size_t count, ck_adam_step s) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        f16 weight = LOAD(p + i), slope = LOAD(g + i) + s.added * weight;
        f16 mean = s.beta1 * LOAD(m + i) + (1 - s.beta1) * slope;
        f16 square = s.beta2 * LOAD(v + i) + (1 - s.beta2) * (slope * slope);
        STORE(m + i, mean);
        STORE(v + i, square);
        STORE(p + i, s.kept * weight - s.length * (mean / (__builtin_elementwise_sqrt(square) * s.root + s.epsilon)));
    }
    for (; i < count; i++) {
        float weight = p[i], slope = g[i] + s.added * weight;
        m[i] = s.beta1 * m[i] + (1 - s.beta1) * slope;
        v[i] = s.beta2 * v[i] + (1 - s.beta2) * (slope * slope);
        p[i] = s.kept * weight - s.length * (m[i] / (__builtin_sqrtf(v[i]) * s.root + s.epsilon));
    }
}

void NAME(ck_add_bias)(float *y, size_t rows, size_t columns, size_t leading, const float *bias, int rectifies) {
    for (size_t row = 0; row < rows; row++, y += leading) {
        if (rectifies) {
            for (size_t i = 0; i < columns; i++) {
                float sum = y[i] + bias[i];
                y[i] = sum > 0 ? sum : 0;
            }
        } else {
            for (size_t i = 0; i < columns; i++) y[i] += bias[i];
        }
    }
}

void NAME(ck_cut)(float *restrict d, const float *restrict value, size_t count) {
    for (size_t i = 0; i < count; i++) d[i] = value[i] > 0 ? d[i] : 0;
}

void NAME(ck_sum_rows)(const float *values, size_t rows, size_t columns, size_t leading, float *sums) {
    size_t i = 0;
    for (; i + 16 <= columns; i += 16) {
        f16 sum = {};
        for (size_t row = 0; row < rows; row++) sum += LOAD(values + row * leading + i);
        STORE(sums + i, sum);
    }
    for (; i < columns; i++) {
        float sum = 0;
        for (size_t row = 0; row < rows; row++) sum += values[row * leading + i];
        sums[i] = sum;
    }
}

void NAME(ck_add)(float *restrict a, const float *restrict b, size_t count) {
    for (size_t i = 0; i < count; i++) a[i] += b[i];
}

void NAME(ck_multiply)(float *restrict a, const float *restrict b, size_t count) {
    for (size_t i = 0; i < count; i++) a[i] *= b[i];
}

void NAME(ck_mean)(const float *restrict a, const float *restrict b, float *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = (a[i] + b[i]) / 2;
}

void NAME(ck_widen)(const float *restrict a, double *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = a[i];
}

void NAME(ck_widen_less)(const float *restrict a, const double *restrict b, double *restrict out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = a[i] - b[i];
}

void NAME(ck_standardise)(
    float *restrict x, const double *restrict mean, const double *restrict scale, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = (float)((x[i] - mean[i]) / scale[i]);
}

// e^x for x ≤ 0, in float32 to two units in the last place: 2ⁿ e^r with |r| ≤ ln 2 ÷ 2 and a Taylor polynomial in r.
static inline __attribute__((always_inline)) f16 NAME(power)(f16 x) {
    x = __builtin_elementwise_max(x, ALL(-87.0f));
    f16 whole = x * 1.44269504f - 0.5f;
    i16 n = __builtin_convertvector(whole, i16);
    f16 count = __builtin_convertvector(n, f16);
    f16 r = FUSED(count, ALL(-0.693359375f), x);
    r = FUSED(count, ALL(2.12194440e-4f), r);
    f16 sum = ALL(1.0f / 720);
    sum = FUSED(sum, r, ALL(1.0f / 120));
    sum = FUSED(sum, r, ALL(1.0f / 24));
    sum = FUSED(sum, r, ALL(1.0f / 6));
    sum = FUSED(sum, r, ALL(0.5f));
    sum = FUSED(sum, r, ALL(1.0f));
    sum = FUSED(sum, r, ALL(1.0f));
    return sum * (f16)((n + 127) << 23);
}

// Φ(|x|) = 1 − e^(−x²/2) t (a₁ + t (a₂ + …)) ÷ 2 with t = 1 ÷ (1 + p |x| ÷ √2).
// M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 7.1.26: off by at most 1.5·10⁻⁷.
static inline __attribute__((always_inline)) void NAME(gelu16)(float *x, float *slope) {
    f16 value = LOAD(x), size = __builtin_elementwise_abs(value);
    f16 density = NAME(power)(-0.5f * value * value);
    f16 t = 1.0f / FUSED(size, ALL(0.3275911f * 0.70710678f), ALL(1.0f));
    f16 sum = ALL(1.061405429f);
    sum = FUSED(sum, t, ALL(-1.453152027f));
    sum = FUSED(sum, t, ALL(1.421413741f));
    sum = FUSED(sum, t, ALL(-0.284496736f));
    sum = FUSED(sum, t, ALL(0.254829592f));
    f16 tail = 0.5f * sum * t * density;
    f16 chance = CHOSEN(value < 0, tail, 1.0f - tail);
    STORE(slope, FUSED(value * 0.39894228f, density, chance));
    STORE(x, value * chance);
}

void NAME(ck_gelu)(float *x, float *slope, size_t count) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) NAME(gelu16)(x + i, slope + i);
    if (i < count) {
        float rest[16] = {}, slopes[16];
        for (size_t j = i; j < count; j++) rest[j - i] = x[j];
        NAME(gelu16)(rest, slopes);
        for (size_t j = i; j < count; j++) {
            x[j] = rest[j - i];
            slope[j] = slopes[j - i];
        }
    }
}

static inline __attribute__((always_inline)) float NAME(sum16)(f16 x) {
    f8 eight = HALF(x, 0) + HALF(x, 8);
    return ((eight[0] + eight[4]) + (eight[2] + eight[6])) + ((eight[1] + eight[5]) + (eight[3] + eight[7]));
}

void NAME(ck_norm)(
    float *values, size_t rows, size_t width, const float *scale, const float *shift, float *normal, float *inverse) {
    for (size_t row = 0; row < rows; row++, values += width, normal += width) {
        f16 sums = {}, squares = {};
        float sum = 0, square = 0;
        size_t whole = width - width % 16;
        for (size_t i = 0; i < whole; i += 16) sums += LOAD(values + i);
        for (size_t i = whole; i < width; i++) sum += values[i];
        float mean = (NAME(sum16)(sums) + sum) / width;
        for (size_t i = 0; i < whole; i += 16) {
            f16 distance = LOAD(values + i) - mean;
            squares += distance * distance;
        }
        for (size_t i = whole; i < width; i++) square += (values[i] - mean) * (values[i] - mean);
        float factor = 1 / __builtin_sqrtf((NAME(sum16)(squares) + square) / width + 1e-5f);
        inverse[row] = factor;
        for (size_t i = 0; i < width; i++) {
            float hat = (values[i] - mean) * factor;
            normal[i] = hat;
            values[i] = hat * scale[i] + shift[i];
        }
    }
}

void NAME(ck_norm_gradient)(
    float *delta, size_t rows, size_t width, const float *scale, const float *normal, const float *inverse,
    float *scale_gradient, float *shift_gradient) {
    for (size_t i = 0; i < width; i++) scale_gradient[i] = shift_gradient[i] = 0;
    for (size_t row = 0; row < rows; row++, delta += width, normal += width) {
        f16 sums = {}, products = {};
        float sum = 0, product = 0;
        size_t i = 0;
        for (; i + 16 <= width; i += 16) {
            f16 d = LOAD(delta + i), hat = LOAD(normal + i);
            STORE(scale_gradient + i, LOAD(scale_gradient + i) + d * hat);
            STORE(shift_gradient + i, LOAD(shift_gradient + i) + d);
            d *= LOAD(scale + i);
            STORE(delta + i, d);
            sums += d;
            products += d * hat;
        }
        for (; i < width; i++) {
            scale_gradient[i] += delta[i] * normal[i];
            shift_gradient[i] += delta[i];
            delta[i] *= scale[i];
            sum += delta[i];
            product += delta[i] * normal[i];
        }
        float mean = (NAME(sum16)(sums) + sum) / width, slope = (NAME(sum16)(products) + product) / width;
        for (i = 0; i < width; i++) delta[i] = inverse[row] * (delta[i] - mean - normal[i] * slope);
    }
}
