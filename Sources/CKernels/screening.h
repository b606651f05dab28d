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
        i16 reaches = LOAD(line + i) >= bound;
        if (!__builtin_reduce_or(reaches)) continue;
        for (int j = 0; j < 16; j++) {
            kept[found] = line[i + j];
            places[found] = (int32_t)(i + j);
            found += line[i + j] >= bound;
        }
    }
    for (; i < count; i++) {
        kept[found] = line[i];
        places[found] = (int32_t)i;
        found += line[i] >= bound;
    }
    return found;
}
