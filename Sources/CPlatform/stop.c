#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static int ends[2] = {-1, -1};
static atomic_int forwards_to = -1;

int cplatform_stop_pipe(void) {
    if (ends[0] < 0) {
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
        atomic_store(&forwards_to, ends[1]);
    }
    return ends[0];
}

// Runs on whichever thread the kernel picks: only what is safe in a handler. A full pipe holds a signal already.
static void forward(int signal) {
    int saved = errno;
    unsigned char byte = (unsigned char)signal;
    ssize_t written = write(atomic_load(&forwards_to), &byte, 1);
    (void)written;
    errno = saved;
}

int cplatform_forward_signal(int signal) {
    if (cplatform_stop_pipe() < 0) return -1;
    struct sigaction action = {.sa_handler = forward, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(signal, &action, NULL);
}
