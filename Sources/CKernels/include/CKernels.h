// Loops of the core that a compiler for the oldest processor of a family cannot make fast.
//
// Each exists for AVX-512, for AVX2 with FMA and for any processor, and a call takes the widest that this processor
// has. All give the same bits: sums run in 16 lanes of fixed meaning, and a product and a sum are rounded once (fused)
// or twice as the source says, never as a compiler likes.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The widest variant that calls may take: 0 any processor, 1 AVX2, 2 AVX-512; for tests, which compare them.
void ck_limit(int widest);

/// The numbers of one Adam step; see `Adam`.
typedef struct {
    float beta1, beta2, epsilon;
    /// Rate ÷ (1 − β₁ᵗ) and 1 ÷ √(1 − β₂ᵗ).
    float length, root;
    /// Decay added to the gradient, and what is kept of a parameter before the step.
    float added, kept;
} ck_adam_step;

/// One Adam step of `count` parameters p with gradients g and moments m, v.
void ck_adam(float *p, const float *g, float *m, float *v, size_t count, ck_adam_step step);

/// y[row, column] += bias[column], then cut at 0 when `rectifies`; rows are `leading` numbers apart.
void ck_add_bias(float *y, size_t rows, size_t columns, size_t leading, const float *bias, int rectifies);
/// Sets d to 0 where the rectified value is 0.
void ck_cut(float *d, const float *value, size_t count);
/// sums[column] = Σ over rows, in row order; rows are `leading` numbers apart.
void ck_sum_rows(const float *values, size_t rows, size_t columns, size_t leading, float *sums);
/// a += b and a *= b.
void ck_add(float *a, const float *b, size_t count);
void ck_multiply(float *a, const float *b, size_t count);
/// out = (a + b) ÷ 2.
void ck_mean(const float *a, const float *b, float *out, size_t count);
/// out = a − b in float64, and out = a alike.
void ck_widen(const float *a, double *out, size_t count);
void ck_widen_less(const float *a, const double *b, double *out, size_t count);

/// sums += x, sums −= x and sums += (x − mean)², in float64.
void ck_add_wide(const float *x, double *sums, size_t count);
void ck_take_wide(const float *x, double *sums, size_t count);
void ck_add_squares(const float *x, const double *mean, double *sums, size_t count);
/// sums[i] = Σ_k rows[i][k]² of eight rows in float64, each in the order of k.
void ck_square_sums(const float *const *rows, size_t width, double *sums);
/// means[column] = Σ_i values[rows[i], column] ÷ count, in the order of i.
void ck_mean_of_rows(const double *values, size_t width, const int32_t *rows, size_t count, double *means);

/// x becomes (x − mean) ÷ scale, in float64.
void ck_standardise(float *x, const double *mean, const double *scale, size_t count);

/// x becomes x Φ(x) and slope Φ(x) + x φ(x), to 3·10⁻⁷ of the larger of 1 and |x|.
void ck_gelu(float *x, float *slope, size_t count);
/// Rows brought to mean 0 and deviation 1, then y = γ x + β; `normal` is the value before γ, `inverse` 1 ÷ deviation.
void ck_norm(
    float *values, size_t rows, size_t width, const float *scale, const float *shift, float *normal, float *inverse);
/// From the gradient by y to that by x, in place; those by γ and β are overwritten.
void ck_norm_gradient(
    float *delta, size_t rows, size_t width, const float *scale, const float *normal, const float *inverse,
    float *scale_gradient, float *shift_gradient);

/// out[row, column] = Σ_k x[row, k] w[column, k] in float64 for few columns; neither side is copied first.
void ck_times_rows(const float *x, size_t rows, size_t width, const double *w, size_t columns, double *out);
/// sums[column, k] += Σ_row d[row, column] x[row, k] in float64 for few columns; rows should fit into a cache.
void ck_add_outer(const float *x, size_t rows, size_t width, const double *d, size_t columns, double *sums);

/// Σ x y and Σ (x − y)² of float32 values in float64: eight lanes, rounded twice.
double ck_dot(const float *x, const float *y, size_t count);
double ck_squared_distance(const float *x, const float *y, size_t count);
/// out = x ÷ length, divided in float64.
void ck_divide(const float *x, double length, float *out, size_t count);

/// The greatest of every group: group 16 b + l holds the entries 16 (size b + j) + l with j < size.
///
/// Writes as many numbers as it returns, a multiple of 16; groups beyond the line hold −∞.
size_t ck_group_maxima(const float *line, size_t count, size_t size, float *maxima);
/// Copies the entries of at least `bound` and their places, ascending; returns how many.
size_t ck_keep(const float *line, size_t count, float bound, float *kept, int32_t *places);
/// A bound that at least `wanted` of `count` values (a multiple of 16) reach, and few more; −∞ when fewer are above
/// that.
float ck_bound(const float *values, size_t count, size_t wanted);
/// ranks[i] = how many scores come before scores[i]: greater ones, and equal ones of a lower number. O(count²);
/// `scores` has room for 16 more.
void ck_rank(const float *scores, size_t count, int32_t *ranks);
/// The centre of the greatest products[centre, row] − half[centre] for each row, the lowest on ties, and its lead over
/// the second. Centres are `leading` numbers apart; all have room for `rows` rounded up to a multiple of 8.
void ck_nearest(
    const float *products, size_t leading, size_t rows, size_t count, const double *half, int64_t *nearest, double *lead);

/// Weights of 64 replicates from number `first` on, `[clusters][64]`: replicate r of a cluster is number r + 1 of
/// SplitMix64 from its base, through a distribution function of 16 steps in 2⁻⁶⁴.
void ck_poisson(
    const uint64_t *bases, size_t clusters, uint64_t first, const uint64_t *cumulative, uint8_t *weights);
/// Sums of 16 replicates after each point of a curve, `[points][2][16]`: point p adds the pairs `gains[k]` times the
/// weight of `clusters[k]` for k below ends[p], in their order, a product and a sum rounded apart. `weights` are
/// `[clusters][64]`, from the first of the 16 on.
void ck_curve_sums(
    const uint8_t *weights, const uint32_t *clusters, const double *gains, const uint32_t *ends, size_t points,
    double *sums);
/// areas[range][16]: the integrals of E(c) of 16 replicates over `count` ranges of costs, `[range][2][16]`, low and
/// high end.
///
/// E is linear between the points of `sums`, `[points][2][16]` as ck_curve_sums writes them, taken in `order`, and
/// constant beyond them; from `lead`, `[2][16]`, to the first point where the lead costs less. NaN on replicates whose
/// costs do not rise in that order, equal costs by number.
void ck_curve_areas(
    const double *sums, const uint32_t *order, size_t points, const double *lead, const double *ranges, size_t count,
    double *areas);
/// sums[row][64] = Σ over clusters of influence × (weight − 1), fused, in the order of clusters.
void ck_multiplier_sums(
    const float *influences, size_t rows, size_t clusters, const uint8_t *weights, float *sums);
/// For each pair of rows in turn the largest |difference| × scale of it and all before it, on each of 64 replicates;
/// adds to `exceeding` on how many that is at least its statistic. `numbers` are scale and statistic of each; `largest`
/// the last.
void ck_step_down(
    const float *sums, const uint32_t *pairs, const float *numbers, size_t count, uint32_t *exceeding, float *largest);
/// Σ (a − b)² of float64 values in eight lanes, rounded twice.
double ck_wide_distance(const double *a, const double *b, size_t count);

#endif
