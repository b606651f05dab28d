// Resamples of clusters by Poisson weights, and what is summed and compared on them.
//
// Weights stand in blocks of 64 replicates, `[cluster][64]` bytes: a cluster's weight on a replicate is a small whole
// number.

#ifndef RESAMPLES_H
#define RESAMPLES_H
typedef uint8_t u8x8_any __attribute__((vector_size(8), aligned(1)));
typedef uint8_t u8x16_any __attribute__((vector_size(16), aligned(1)));
#endif

// SplitMix64's output function.
static inline uint64_t NAME(mixed)(uint64_t bits) {
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
    return bits ^ bits >> 31;
}

void NAME(ck_poisson)(
    const uint64_t *bases, size_t clusters, uint64_t first, const uint64_t *cumulative, uint8_t *weights) {
    for (size_t cluster = 0; cluster < clusters; cluster++) {
        uint8_t *out = weights + cluster * 64;
        uint64_t base = bases[cluster] + (first + 1) * 0x9E3779B97F4A7C15u;
        for (size_t lane = 0; lane < 64; lane++) {
            uint64_t position = NAME(mixed)(base + lane * 0x9E3779B97F4A7C15u);
            // Five comparisons without a branch settle all but one draw in 1,700.
            unsigned count = 0;
            for (size_t step = 0; step < 5; step++) count += position >= cumulative[step];
            if (count == 5)
                while (count < 16 && position >= cumulative[count]) count++;
            out[lane] = (uint8_t)count;
        }
    }
}

void NAME(ck_curve_sums)(
    const uint8_t *weights, const uint32_t *clusters, const double *gains, const uint32_t *ends, size_t points,
    double *sums) {
    d8 a = {}, b = {}, c = {}, d = {};
    size_t change = 0;
    for (size_t point = 0; point < points; point++) {
        for (; change < ends[point]; change++) {
            const uint8_t *drawn = weights + (size_t)clusters[change] * 64;
            d8 low = __builtin_convertvector(*(const u8x8_any *)drawn, d8);
            d8 high = __builtin_convertvector(*(const u8x8_any *)(drawn + 8), d8);
            double quality = gains[2 * change], cost = gains[2 * change + 1];
            a += quality * low;
            b += quality * high;
            c += cost * low;
            d += cost * high;
        }
        *(d8_any *)(sums + point * 32) = a;
        *(d8_any *)(sums + point * 32 + 8) = b;
        *(d8_any *)(sums + point * 32 + 16) = c;
        *(d8_any *)(sums + point * 32 + 24) = d;
    }
}

#define AT(numbers, place) (*(const d8_any *)((numbers) + (place) * 16 + half))
#define PICKED(mask, a, b) ((d8)(((mask) & (l8)(a)) | (~(mask) & (l8)(b))))
#define MORE(a, b) PICKED((a) > (b), a, b)
#define LESS(a, b) PICKED((a) < (b), a, b)

void NAME(ck_curve_areas)(
    const double *sums, const uint32_t *order, size_t points, const double *lead, const double *ranges, size_t count,
    double *areas) {
    for (size_t half = 0; half < 16; half += 8) {
        d8 first = AT(sums, 2 * order[0] + 1), reached = AT(sums, 2 * order[0]);
        l8 leads = AT(lead, 1) < first;
        first = PICKED(leads, AT(lead, 1), first);
        reached = PICKED(leads, AT(lead, 0), reached);
        // Constant up to the first point.
        for (size_t range = 0; range < count; range++) {
            d8 width = LESS(AT(ranges, 2 * range + 1), first) - AT(ranges, 2 * range);
            *(d8_any *)(areas + range * 16 + half) = PICKED(width > 0, width * reached, (d8){});
        }
        l8 rises = ~(l8){};
        for (size_t k = 0; k < points; k++) {
            d8 cost = AT(sums, 2 * order[k] + 1), quality = AT(sums, 2 * order[k]);
            rises &= k > 0 && order[k] < order[k - 1] ? cost > first : cost >= first;
            d8 slope = (quality - reached) / (cost - first);
            for (size_t range = 0; range < count; range++) {
                d8 from = MORE(first, AT(ranges, 2 * range)), to = LESS(cost, AT(ranges, 2 * range + 1));
                d8 width = to - from, middle = (from + to) * 0.5 - first;
                d8 area = width * (reached + middle * slope);
                *(d8_any *)(areas + range * 16 + half) += PICKED(width > 0, area, (d8){});
            }
            first = cost;
            reached = quality;
        }
        // Constant from the last point on.
        for (size_t range = 0; range < count; range++) {
            d8 width = AT(ranges, 2 * range + 1) - MORE(first, AT(ranges, 2 * range));
            d8 area = AT(areas, range) + PICKED(width > 0, width * reached, (d8){});
            *(d8_any *)(areas + range * 16 + half) = PICKED(rises, area, (d8){} + __builtin_nan(""));
        }
    }
}

#undef LESS
#undef MORE
#undef PICKED
#undef AT

// Four rows and sixteen replicates at a time.
void NAME(ck_multiplier_sums)(
    const float *influences, size_t rows, size_t clusters, const uint8_t *weights, float *sums) {
    for (size_t from = 0; from < 64; from += 16) {
        size_t row = 0;
        for (; row + 4 <= rows; row += 4) {
            const float *a = influences + row * clusters, *b = a + clusters, *c = b + clusters, *d = c + clusters;
            f16 w = {}, x = {}, y = {}, z = {};
            for (size_t k = 0; k < clusters; k++) {
                f16 drawn = __builtin_convertvector(*(const u8x16_any *)(weights + k * 64 + from), f16) - 1;
                w = FUSED(drawn, ALL(a[k]), w);
                x = FUSED(drawn, ALL(b[k]), x);
                y = FUSED(drawn, ALL(c[k]), y);
                z = FUSED(drawn, ALL(d[k]), z);
            }
            STORE(sums + row * 64 + from, w);
            STORE(sums + (row + 1) * 64 + from, x);
            STORE(sums + (row + 2) * 64 + from, y);
            STORE(sums + (row + 3) * 64 + from, z);
        }
        for (; row < rows; row++) {
            f16 w = {};
            for (size_t k = 0; k < clusters; k++) {
                f16 drawn = __builtin_convertvector(*(const u8x16_any *)(weights + k * 64 + from), f16) - 1;
                w = FUSED(drawn, ALL(influences[row * clusters + k]), w);
            }
            STORE(sums + row * 64 + from, w);
        }
    }
}

#define SIZE(x) ((f16)((i16)(x) & 0x7FFFFFFF))
#define PAIR(lanes, from) \
    lanes = __builtin_elementwise_max(SIZE(LOAD(one + from) - LOAD(other + from)) * scale, lanes); \
    reached += (i16)(lanes >= ALL(statistic));

void NAME(ck_step_down)(
    const float *sums, const uint32_t *pairs, const float *numbers, size_t count, uint32_t *exceeding, float *largest) {
    f16 a = {}, b = {}, c = {}, d = {};
    for (size_t pair = 0; pair < count; pair++) {
        const float *one = sums + (size_t)pairs[2 * pair] * 64, *other = sums + (size_t)pairs[2 * pair + 1] * 64;
        f16 scale = ALL(numbers[2 * pair]);
        float statistic = numbers[2 * pair + 1];
        i16 reached = {};
        PAIR(a, 0)
        PAIR(b, 16)
        PAIR(c, 32)
        PAIR(d, 48)
        exceeding[pair] += (uint32_t)-__builtin_reduce_add(reached);
    }
    STORE(largest, a);
    STORE(largest + 16, b);
    STORE(largest + 32, c);
    STORE(largest + 48, d);
}

#undef PAIR
#undef SIZE

double NAME(ck_wide_distance)(const double *a, const double *b, size_t count) {
    d8 sum = {};
    size_t k = 0;
    for (; k + 8 <= count; k += 8) {
        d8 difference = *(const d8_any *)(a + k) - *(const d8_any *)(b + k);
        sum += difference * difference;
    }
    double total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
    for (; k < count; k++) total += (a[k] - b[k]) * (a[k] - b[k]);
    return total;
}
