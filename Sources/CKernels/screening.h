// Which entries of a line can be among its greatest.

size_t NAME(ck_group_maxima)(const float *line, size_t count, size_t size, float *maxima) {
    size_t groups = 0;
    for (size_t start = 0; start < count; start += 16 * size, groups += 16) {
        f16 greatest = ALL(-__builtin_inff());
        size_t end = start + 16 * size < count ? start + 16 * size : count, i = start;
        for (; i + 16 <= end; i += 16) {
            greatest = __builtin_elementwise_max(greatest, LOAD(line + i));
        }
        STORE(maxima + groups, greatest);
        for (size_t j = i; j < end; j++)
            if (line[j] > maxima[groups + j - i]) maxima[groups + j - i] = line[j];
    }
    return groups;
}

size_t NAME(ck_keep)(const float *line, size_t count, float bound, float *kept, int32_t *places) {
    size_t found = 0, i = 0;
    for (; i + 16 <= count; i += 16) {
#ifdef COMPRESSES
        __m512 entries = _mm512_loadu_ps(line + i);
        __mmask16 reaches = _mm512_cmp_ps_mask(entries, _mm512_set1_ps(bound), _CMP_GE_OQ);
        if (!reaches) continue;
        __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        numbers = _mm512_maskz_compress_epi32(reaches, _mm512_add_epi32(numbers, _mm512_set1_epi32((int)i)));
        int more = __builtin_popcount(reaches);
        __mmask16 first = (__mmask16)((1u << more) - 1);
        _mm512_mask_storeu_ps(kept + found, first, _mm512_maskz_compress_ps(reaches, entries));
        _mm512_mask_storeu_epi32(places + found, first, numbers);
        found += more;
#else
        i16 reaches = LOAD(line + i) >= bound;
        if (!__builtin_reduce_or(reaches)) continue;
        for (int j = 0; j < 16; j++) {
            kept[found] = line[i + j];
            places[found] = (int32_t)(i + j);
            found += line[i + j] >= bound;
        }
#endif
    }
    for (; i < count; i++) {
        if (!(line[i] >= bound)) continue;
        kept[found] = line[i];
        places[found++] = (int32_t)i;
    }
    return found;
}

static inline __attribute__((always_inline)) size_t NAME(reaching)(const float *values, size_t count, float bound) {
    i16 found = {};
    for (size_t i = 0; i < count; i += 16) found -= LOAD(values + i) >= bound;
    return (size_t)__builtin_reduce_add(found);
}

float NAME(ck_bound)(const float *values, size_t count, size_t wanted) {
    f16 least = ALL(__builtin_inff()), most = ALL(-__builtin_inff());
    for (size_t i = 0; i < count; i += 16) {
        f16 entries = LOAD(values + i);
        most = __builtin_elementwise_max(most, entries);
        least = __builtin_elementwise_min(least, CHOSEN(entries > -__builtin_inff(), entries, least));
    }
    float low = __builtin_inff(), high = -__builtin_inff();
    for (int lane = 0; lane < 16; lane++) {
        low = least[lane] < low ? least[lane] : low;
        high = most[lane] > high ? most[lane] : high;
    }
    if (NAME(reaching)(values, count, low) < wanted) return -__builtin_inff();
    for (int halving = 0; halving < 24; halving++) {
        float middle = low / 2 + high / 2;
        if (!(middle > low && middle < high)) break;
        size_t found = NAME(reaching)(values, count, middle);
        if (found < wanted) high = middle;
        else low = middle;
        if (found >= wanted && found <= wanted + wanted / 16) break;
    }
    return low;
}

void NAME(ck_rank)(const float *scores, size_t count, int32_t *ranks) {
    const i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (size_t i = 0; i < count; i += 16) {
        f16 mine = LOAD(scores + i);
        i16 before = {};
        size_t j = 0, end = i + 16 < count ? i + 16 : count;
        for (; j < i; j++) before -= scores[j] >= mine;
        for (; j < end; j++) before -= (scores[j] > mine) | ((scores[j] == mine) & (lane > (int32_t)(j - i)));
        for (; j < count; j++) before -= scores[j] > mine;
        for (size_t k = i; k < end; k++) ranks[k] = before[k - i];
    }
}

void NAME(ck_nearest)(
    const float *products, size_t leading, size_t rows, size_t count, const double *half, int64_t *nearest, double *lead) {
    for (size_t row = 0; row < rows; row += 8) {
        d8 best = (d8){} - __builtin_inf(), second = best;
        l8 place = {};
        for (size_t centre = 0; centre < count; centre++) {
            d8 score = WIDE(products + centre * leading + row) - half[centre];
            l8 exceeds = score > best;
            second = __builtin_elementwise_max(second, __builtin_elementwise_min(score, best));
            place = (exceeds & (int64_t)centre) | (~exceeds & place);
            best = __builtin_elementwise_max(best, score);
        }
        *(l8_any *)(nearest + row) = place;
        *(d8_any *)(lead + row) = best - second;
    }
}
