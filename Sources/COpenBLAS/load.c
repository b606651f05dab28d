// The names below are the library's own: hidden, so that its calls of itself never come here.
#pragma GCC visibility push(hidden)
#include "COpenBLAS.h"
#pragma GCC visibility pop

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Its own code, its buffer and what a first product needs, with room to spare: a limit of 500 MB was seen to fail, one
// of 700 MB to work.
#define NEEDED_BYTES ((size_t)448 << 20)

#define FUNCTIONS(EACH)                                                                                                \
    EACH(openblas_set_num_threads)                                                                                     \
    EACH(openblas_get_num_threads)                                                                                     \
    EACH(openblas_get_config)                                                                                          \
    EACH(openblas_get_corename)                                                                                        \
    EACH(cblas_sgemm)                                                                                                  \
    EACH(cblas_dgemm)                                                                                                  \
    EACH(cblas_dgemv)                                                                                                  \
    EACH(cblas_dsyrk)                                                                                                  \
    EACH(cblas_dtrsm)                                                                                                  \
    EACH(dgelsd_)                                                                                                      \
    EACH(dsyevr_)                                                                                                      \
    EACH(dpotrf_)                                                                                                      \
    EACH(dpotrs_)                                                                                                      \
    EACH(dpocon_)                                                                                                      \
    EACH(dgeqrf_)                                                                                                      \
    EACH(dorgqr_)

#define POINTER(name) __typeof__(name) *name;
static struct {
    FUNCTIONS(POINTER)
} library;
static char problem[256];

static void load(void) {
    // It takes its memory in a loop without an end: whether there is enough is asked before.
    void *room = mmap(NULL, NEEDED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED) {
        snprintf(problem, sizeof problem,
                 "OpenBLAS needs %zu MiB of address space, more than this process may still take; raise the limit "
                 "(ulimit -v)",
                 NEEDED_BYTES >> 20);
        return;
    }
    munmap(room, NEEDED_BYTES);
    // Read when it is loaded: threads that are never used would take memory each.
    const char *threads = getenv("OPENBLAS_NUM_THREADS");
    if (!threads || strcmp(threads, "1") != 0) setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void *handle = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!handle) handle = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *why = dlerror();
        snprintf(problem, sizeof problem, "OpenBLAS cannot be loaded: %s", why ? why : "no library");
        return;
    }
#define FIND(name)                                                                                                     \
    *(void **)&library.name = dlsym(handle, #name);                                                                    \
    if (!library.name) snprintf(problem, sizeof problem, "this OpenBLAS has no %s", #name);
    FUNCTIONS(FIND)
    if (problem[0]) return;
    // The first product takes the buffer that all others use, while there is room for it.
    float a[32 * 32] = {0}, b[32 * 32] = {0}, c[32 * 32];
    library.cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 32, 32, 32, 1, a, 32, b, 32, 0, c, 32);
}

const char *openblas_problem(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return problem[0] ? problem : NULL;
}

static void need(void) {
    const char *why = openblas_problem();
    if (!why) return;
    fprintf(stderr, "routegrid: %s\n", why);
    _exit(1);
}

#define CALL(name, ...)                                                                                                \
    need();                                                                                                            \
    library.name(__VA_ARGS__)
#define RETURN(name)                                                                                                   \
    need();                                                                                                            \
    return library.name()

void openblas_set_num_threads(int count) { CALL(openblas_set_num_threads, count); }
int openblas_get_num_threads(void) { RETURN(openblas_get_num_threads); }
char *openblas_get_config(void) { RETURN(openblas_get_config); }
char *openblas_get_corename(void) { RETURN(openblas_get_corename); }

void cblas_sgemm(CBLAS_ORDER order, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k, float alpha,
                 const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
    CALL(cblas_sgemm, order, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void cblas_dgemm(CBLAS_ORDER order, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n, int k, double alpha,
                 const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc) {
    CALL(cblas_dgemm, order, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a, int lda,
                 const double *x, int incx, double beta, double *y, int incy) {
    CALL(cblas_dgemv, order, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
}

void cblas_dsyrk(CBLAS_ORDER order, CBLAS_UPLO uplo, CBLAS_TRANSPOSE trans, int n, int k, double alpha, const double *a,
                 int lda, double beta, double *c, int ldc) {
    CALL(cblas_dsyrk, order, uplo, trans, n, k, alpha, a, lda, beta, c, ldc);
}

void cblas_dtrsm(CBLAS_ORDER order, CBLAS_SIDE side, CBLAS_UPLO uplo, CBLAS_TRANSPOSE transa, CBLAS_DIAG diag, int m,
                 int n, double alpha, const double *a, int lda, double *b, int ldb) {
    CALL(cblas_dtrsm, order, side, uplo, transa, diag, m, n, alpha, a, lda, b, ldb);
}

void dgelsd_(const int *m, const int *n, const int *nrhs, double *a, const int *lda, double *b, const int *ldb,
             double *s, const double *rcond, int *rank, double *work, const int *lwork, int *iwork, int *info) {
    CALL(dgelsd_, m, n, nrhs, a, lda, b, ldb, s, rcond, rank, work, lwork, iwork, info);
}

void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, double *a, const int *lda,
             const double *vl, const double *vu, const int *il, const int *iu, const double *abstol, int *m, double *w,
             double *z, const int *ldz, int *isuppz, double *work, const int *lwork, int *iwork, const int *liwork,
             int *info) {
    CALL(dsyevr_, jobz, range, uplo, n, a, lda, vl, vu, il, iu, abstol, m, w, z, ldz, isuppz, work, lwork, iwork,
         liwork, info);
}

void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info) {
    CALL(dpotrf_, uplo, n, a, lda, info);
}

void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
             const int *ldb, int *info) {
    CALL(dpotrs_, uplo, n, nrhs, a, lda, b, ldb, info);
}

void dpocon_(const char *uplo, const int *n, const double *a, const int *lda, const double *anorm, double *rcond,
             double *work, int *iwork, int *info) {
    CALL(dpocon_, uplo, n, a, lda, anorm, rcond, work, iwork, info);
}

void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork,
             int *info) {
    CALL(dgeqrf_, m, n, a, lda, tau, work, lwork, info);
}

void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau, double *work,
             const int *lwork, int *info) {
    CALL(dorgqr_, m, n, k, a, lda, tau, work, lwork, info);
}
