#define _GNU_SOURCE
#include "CPlatform.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct cplatform_progress {
    _Atomic uint64_t version;  // odd while the child writes
    _Atomic uint64_t step;
    _Atomic uint64_t lease;
    _Atomic uint64_t number;
    _Atomic uint64_t since;
};

uint64_t cplatform_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int cplatform_progress_make(void) {
    int fd = memfd_create("routegrid-progress", MFD_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, sizeof(struct cplatform_progress)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

cplatform_progress *cplatform_progress_map(int fd) {
    void *page = mmap(NULL, sizeof(struct cplatform_progress), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return page == MAP_FAILED ? NULL : page;
}

void cplatform_progress_unmap(cplatform_progress *page) { munmap(page, sizeof(struct cplatform_progress)); }

void cplatform_progress_begin(cplatform_progress *page, uint64_t step, uint64_t lease, uint64_t number) {
    uint64_t version = atomic_load_explicit(&page->version, memory_order_relaxed);
    atomic_store_explicit(&page->version, version + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&page->step, step, memory_order_relaxed);
    atomic_store_explicit(&page->lease, lease, memory_order_relaxed);
    atomic_store_explicit(&page->number, number, memory_order_relaxed);
    atomic_store_explicit(&page->since, cplatform_monotonic(), memory_order_relaxed);
    atomic_store_explicit(&page->version, version + 2, memory_order_release);
}

void cplatform_progress_read(cplatform_progress *page, uint64_t *step, uint64_t *lease, uint64_t *number,
                             uint64_t *since) {
    // A child that died while it wrote leaves an odd version: a few tries, then what is there.
    for (int tries = 0; tries < 100; tries++) {
        uint64_t before = atomic_load_explicit(&page->version, memory_order_acquire);
        *step = atomic_load_explicit(&page->step, memory_order_relaxed);
        *lease = atomic_load_explicit(&page->lease, memory_order_relaxed);
        *number = atomic_load_explicit(&page->number, memory_order_relaxed);
        *since = atomic_load_explicit(&page->since, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        uint64_t after = atomic_load_explicit(&page->version, memory_order_relaxed);
        if (before == after && before % 2 == 0) return;
    }
}
